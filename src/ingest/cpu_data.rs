//! `<cpudata>`: the answers of CPUID and MSRs as libvirt writes them (`virCPUx86DataFormat`, read by
//! `virCPUx86DataParse`; libvirt 11.3).

use crate::model::{CpuData, Problem};
use crate::text::Sources;
use crate::text::xml::{Document, Element};

use super::element::Reader;
use super::problem::{Complaint, problem_of};
use super::saying::hexadecimal;

/// Reads the text of a `<cpudata>` document.
///
/// # Errors
/// [`Problem`] where it is none, or where a number in it is not one.
pub fn read_cpu_data(path: &str, text: &str) -> Result<CpuData, Problem> {
    let source = Sources::default().add(path, text);
    let document = Document::parse(text).map_err(|error| problem_of(path, text, &error))?;
    let reader = Reader { source, document: &document };
    let root = reader.root("cpudata").map_err(|complaint| complaint.problem(path, text))?;
    let mut data = CpuData::default();
    for element in root.children() {
        take(&mut data, element).ok_or_else(|| unclear(element).problem(path, text))?;
    }
    Ok(data)
}

fn take(data: &mut CpuData, element: Element<'_>) -> Option<()> {
    // A register that is not named is zero, a number that is none is an error.
    let number = |name| {
        let value = element.value(name);
        value.map_or(Some(0), |value| u32::try_from(hexadecimal(&value)?).ok())
    };
    match element.name() {
        "cpuid" => {
            element.attribute("eax_in")?;
            let registers = [number("eax")?, number("ebx")?, number("ecx")?, number("edx")?];
            data.cpuid.insert((number("eax_in")?, number("ecx_in")?), registers);
        }
        "msr" => {
            element.attribute("index")?;
            let bits = u64::from(number("edx")?) << 32 | u64::from(number("eax")?);
            data.msrs.insert(number("index")?, bits);
        }
        _ => {}
    }
    Some(())
}

fn unclear(element: Element<'_>) -> Complaint {
    let at = element.start_tag().range().start;
    let message = format!("this <{}> does not say which bits it holds", element.name());
    Complaint::new(Some(at), message, "write its numbers as libvirt does, such as eax_in='0x00000007'")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::any_text;
    use proptest::prelude::*;

    /// Made up.
    const MADE_UP: &str = "<!-- made up --><cpudata arch='x86'>
        <cpuid eax_in='0x00000007' ecx_in='0x01' eax='0x00000010' ebx='0x2' ecx='0x0' edx='0x0'/>
        <cpuid eax_in='0x1' edx='0x00000004'/>
        <msr index='0x10a' edx='0x00000001' eax='0x00000008'/></cpudata>";

    #[test]
    fn every_register_is_read() {
        let data = read_cpu_data("f.xml", MADE_UP).expect("well-formed");
        assert_eq!(data.cpuid.get(&(7, 1)), Some(&[0x10, 2, 0, 0]));
        assert_eq!(data.cpuid.get(&(1, 0)), Some(&[0, 0, 0, 4]));
        assert_eq!(data.msrs.get(&0x10a), Some(&0x1_0000_0008));
    }

    #[test]
    fn what_is_no_number_is_told_with_its_place() {
        let problem =
            read_cpu_data("f.xml", "<cpudata>\n<cpuid eax_in='x'/></cpudata>").expect_err("no number");
        assert_eq!(problem.position.map(|at| at.line), Some(2));
        assert!(read_cpu_data("f.xml", "<cpudata><msr eax='0x1'/></cpudata>").is_err());
        assert!(read_cpu_data("f.xml", "<cpu/>").is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(MADE_UP)) {
            let _ = read_cpu_data("f.xml", &text);
        }
    }
}
