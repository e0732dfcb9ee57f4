//! The edits by which a guest's firmware is chosen by libvirt, or named.

use super::super::draft::{At, Draft, Fresh};
use super::super::target::FirmwareFiles;
use crate::compat::Rule;
use crate::model::FirmwareMapping;
use crate::text::xml::Element;

/// Whether the guest's variables go with it to its new firmware.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Variables {
    /// The file stays: the firmware is the same, or of the same make.
    Kept,
    /// They are of another make.
    Fresh,
}

/// An edit's rule and reason.
#[derive(Clone, Copy)]
pub(super) struct Why<'r> {
    pub(super) rule: &'static Rule,
    pub(super) reason: &'r str,
}

/// Attributes of `<nvram>` that belong to the firmware it was made for.
const OF_TEMPLATE: [&str; 3] = ["template", "templateFormat", "format"];

/// Lets libvirt choose. What it is to choose by is said by [`by_features`].
pub(super) fn by_choice<'d>(draft: &mut Draft<'d>, why: Why<'_>, os: Element<'d>, variables: Variables) {
    for old in ["loader", "varstore"].iter().filter_map(|name| os.child(name)) {
        draft.delete(why.rule, why.reason, old);
    }
    match os.child("nvram") {
        Some(nvram) if variables == Variables::Kept && names_file(nvram) => {
            for name in OF_TEMPLATE {
                draft.unset(why.rule, why.reason, nvram, name);
            }
        }
        Some(nvram) => draft.delete(why.rule, why.reason, nvram),
        None => {}
    }
    draft.set(why.rule, why.reason, os, "firmware", "efi");
}

/// Whether the file of the variables is named, by its path or by a `<source>`.
fn names_file(nvram: Element<'_>) -> bool {
    !nvram.text().trim().is_empty() || nvram.children().next().is_some()
}

/// Asks for firmware with these features, or without them.
pub(super) fn by_features<'d>(draft: &mut Draft<'d>, why: Why<'_>, os: Element<'d>, asked: &[(&str, bool)]) {
    if let Some(old) = os.child("firmware") {
        draft.delete(why.rule, why.reason, old);
    }
    if asked.is_empty() {
        return;
    }
    let feature = |(name, on): &(&str, bool)| {
        Fresh::new("feature").with("enabled", if *on { "yes" } else { "no" }).with("name", (*name).to_owned())
    };
    let firmware = asked.iter().map(feature).fold(Fresh::new("firmware"), Fresh::holding);
    draft.insert(why.rule, why.reason, os, os.child("type").map_or(At::First, At::After), firmware);
}

/// Names the files.
pub(super) fn by_name<'d>(
    draft: &mut Draft<'d>,
    why: Why<'_>,
    os: Element<'d>,
    files: &FirmwareFiles,
    variables: Variables,
) {
    for old in ["loader", "varstore", "firmware"].iter().filter_map(|name| os.child(name)) {
        draft.delete(why.rule, why.reason, old);
    }
    draft.unset(why.rule, why.reason, os, "firmware");
    let at = os.child("type").map_or(At::First, At::After);
    draft.insert(why.rule, why.reason, os, at, loader(files));
    let template = files.nvram_template.as_ref();
    match (os.child("nvram"), template) {
        (Some(nvram), Some((template, _))) if variables == Variables::Kept => {
            return draft.set(why.rule, why.reason, nvram, "template", template);
        }
        (Some(nvram), _) => draft.delete(why.rule, why.reason, nvram),
        (None, _) => {}
    }
    if let Some((template, format)) = template {
        draft.insert(why.rule, why.reason, os, at, nvram(template, format));
    }
}

fn nvram(template: &str, format: &str) -> Fresh {
    let nvram = Fresh::new("nvram").with("template", template.to_owned());
    if format == "raw" { nvram } else { nvram.with("format", format.to_owned()) }
}

fn loader(files: &FirmwareFiles) -> Fresh {
    if files.mapping == FirmwareMapping::Memory {
        return Fresh::new("loader").with("type", "rom").saying(files.loader.clone());
    }
    let loader = Fresh::new("loader").with("readonly", "yes");
    let loader = if files.needs_smm { loader.with("secure", "yes") } else { loader };
    let loader = loader.with("type", "pflash");
    let stateless = files.mapping == FirmwareMapping::Stateless;
    let loader = if stateless { loader.with("stateless", "yes") } else { loader };
    let loader = if files.format == "raw" { loader } else { loader.with("format", files.format.clone()) };
    loader.saying(files.loader.clone())
}
