//! Documents that hold CPU definitions, as virsh takes them (`vshExtractCPUDefXMLs`, libvirt 9.0 to 11.3).
//!
//! One text may hold several documents one after the other: `<cpu>` elements, domains, capabilities
//! and domain capabilities. They are read inside a container, and what is wrong with them is told
//! where it stands in the text itself.

use crate::model::{Arch, Capability, CpuDefinition, Name, Problem};
use crate::text::xml::{Document, Element, XmlError};
use crate::text::{SourceId, Sources};

use super::cpu_refusal::{Side, refusal};
use super::element::Reader;
use super::problem::{Complaint, problem_of};

const OPEN: &str = "<container>";
const CLOSE: &str = "</container>";

/// A CPU definition and how it stands in its document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CpuInput {
    /// The definition. Its places are in the container.
    pub cpu: CpuDefinition,
    /// Whether a feature has no policy: the definition is a host's.
    pub without_policy: bool,
    /// Why libvirt does not take it for a definition at all, in its words.
    pub refusal: Option<String>,
    /// Why libvirt does not take it for a host's definition, in its words.
    pub host_refusal: Option<String>,
}

/// The CPU definitions that the text of the file at `path` holds, in their order: those of `<cpu>`
/// itself, of domains, of the hosts of capabilities, and the host-models of domain capabilities.
///
/// # Errors
/// [`Problem`] where the text is not well-formed.
pub fn read_cpu_inputs(path: &str, text: &str) -> Result<Vec<CpuInput>, Problem> {
    let skipped = prolog(text);
    let inside = text.get(skipped..).unwrap_or_default();
    let container = format!("{OPEN}{inside}{CLOSE}");
    let source = Sources::default().add(path, container.as_str());
    let document = Document::parse(&container)
        .map_err(|error| problem_of(path, text, &outside(error, skipped, text.len())))?;
    let reader = Reader { source, document: &document };
    Ok(document.root().children().flat_map(definitions).map(|cpu| input(reader, cpu)).collect())
}

/// Reads the text of a `domcapabilities` document.
///
/// # Errors
/// [`Problem`] where it is none.
pub fn read_domain_capabilities(path: &str, text: &str) -> Result<Capability, Problem> {
    let source: SourceId = Sources::default().add(path, text);
    let saying = super::domain_capabilities::read(source, text);
    let read = saying.map_err(|complaint| complaint.problem(path, text))?;
    let none =
        || Complaint::new(None, "the document tells of no emulator", "print it with virsh domcapabilities");
    read.capability.ok_or_else(|| none().problem(path, text))
}

/// The end of the XML declaration at the start of the text; virsh strips no other.
fn prolog(text: &str) -> usize {
    let start = text.len() - text.trim_start_matches('\u{feff}').trim_start().len();
    let declared = text.get(start..).filter(|rest| rest.starts_with("<?xml"));
    declared.and_then(|rest| rest.find("?>")).map_or(start, |end| start + end + 2)
}

/// The same error, at its byte of the text without the container.
fn outside(error: XmlError, skipped: usize, length: usize) -> XmlError {
    let offset = (error.offset.saturating_sub(OPEN.len()) + skipped).min(length);
    XmlError { offset, ..error }
}

/// The elements that are definitions in one document. What is in a namespace is none.
fn definitions(root: Element<'_>) -> Vec<Element<'_>> {
    let found = match root.name() {
        "cpu" => vec![root],
        "domain" => cpus(root),
        "capabilities" => root.children_named("host").flat_map(cpus).collect(),
        "domainCapabilities" => cpus(root).into_iter().flat_map(host_models).collect(),
        _ => vec![],
    };
    let plain = |element: &&Element<'_>| element.attribute("xmlns").is_none();
    if root.attribute("xmlns").is_some() { vec![] } else { found.iter().filter(plain).copied().collect() }
}

fn cpus(of: Element<'_>) -> Vec<Element<'_>> {
    of.children_named("cpu").collect()
}

fn host_models(cpu: Element<'_>) -> Vec<Element<'_>> {
    let says = |mode: &Element<'_>, name, value| mode.value(name).as_deref() == Some(value);
    let offered = |mode: &Element<'_>| says(mode, "name", "host-model") && says(mode, "supported", "yes");
    cpu.children_named("mode").filter(offered).collect()
}

fn input(reader: Reader<'_>, element: Element<'_>) -> CpuInput {
    let mut cpu = super::cpu_definition::read(reader, element);
    // Only the limit of what is passed through belongs to a definition; emulated bits are a fact of a host.
    if element.child("maxphysaddr").is_some_and(|bits| bits.value("limit").is_none()) {
        cpu.max_physical_bits = None;
    }
    as_written(element, &mut cpu);
    let without = |feature: Element<'_>| feature.attribute("policy").is_none();
    CpuInput {
        cpu,
        without_policy: element.children_named("feature").any(without),
        refusal: refusal(element, Side::Auto),
        host_refusal: refusal(element, Side::Host),
    }
}

/// libvirt takes names with the white space around them, and an architecture by its own name only.
fn as_written(element: Element<'_>, cpu: &mut CpuDefinition) {
    for (name, known) in [("model", &mut cpu.model), ("vendor", &mut cpu.vendor)] {
        if let (Some(child), Some(known)) = (element.child(name), known) {
            known.value = Name::new(&child.untrimmed_text());
        }
    }
    cpu.arch = cpu.arch.take().map(|arch| match element.child("arch").map(Element::text) {
        Some(name) if name != arch.as_str() => Arch::Other(name.into_owned()),
        _ => arch,
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::any_text;
    use crate::model::Policy;
    use crate::text::Position;
    use proptest::prelude::*;

    /// Made up.
    const MADE_UP: &str = "<?xml version='1.0'?>\n<cpu><model>Penryn</model></cpu><domain><cpu match='exact'>
        <model>Haswell</model><feature policy='disable' name='rtm'/></cpu></domain>
        <capabilities><host><cpu><arch>x86_64</arch><model>Westmere</model>
        <maxphysaddr mode='emulate' bits='48'/><feature name='vme'/></cpu></host></capabilities>
        <domainCapabilities><cpu><mode name='host-passthrough' supported='yes'/>
        <mode name='host-model' supported='yes'><model fallback='forbid'>EPYC</model>
        <maxphysaddr mode='passthrough' limit='43'/></mode></cpu></domainCapabilities><other/>";

    #[test]
    fn every_kind_of_document_is_taken_in_order() {
        let read = read_cpu_inputs("made-up", MADE_UP).expect("well-formed");
        let model = |input: &CpuInput| input.cpu.model.as_ref().map(|model| model.value);
        let models: Vec<Name> = read.iter().filter_map(model).collect();
        assert_eq!(models, ["Penryn", "Haswell", "Westmere", "EPYC"]);
        assert_eq!(read[1].cpu.features[0].value.policy, Policy::Disable);
        assert_eq!(
            read.iter().map(|one| one.without_policy).collect::<Vec<_>>(),
            [false, false, true, false]
        );
        let bits = |input: &CpuInput| input.cpu.max_physical_bits.as_ref().map(|bits| bits.value);
        assert_eq!(read.iter().map(bits).collect::<Vec<_>>(), [None, None, None, Some(43)]);
    }

    #[test]
    fn what_is_wrong_is_told_where_it_stands() {
        let problem = read_cpu_inputs("f.xml", "<?xml version='1.0'?>\n<cpu>\n  <model>x</modl>\n</cpu>");
        let position = problem.expect_err("not well-formed").position.expect("a place");
        assert_eq!(position.line, 3);
        let problem = read_cpu_inputs("f.xml", "<cpu/></container><cpu/>").expect_err("a way out");
        assert!(matches!(problem.position, Some(Position { line: 1, .. })));
        assert_eq!(read_cpu_inputs("f.xml", ""), Ok(vec![]));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(MADE_UP)) {
            let _ = read_cpu_inputs("f.xml", &text);
            let _ = read_domain_capabilities("f.xml", &text);
        }
    }
}
