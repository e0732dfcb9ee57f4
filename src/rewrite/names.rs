//! Networks, pools and folders that are called otherwise on the target, as `cluster.toml` says.

use std::collections::BTreeMap;

use super::draft::Draft;
use super::guest::Guest;
use super::rules::NAME_OF_OLD_HOST;
use crate::model::{Known, NameMap};
use crate::text::xml::Element;

/// How an interface names what it is plugged into.
const NETWORKS: &[&str] = &["network", "bridge", "dev"];
/// How a source names a file, a device or a folder.
const PATHS: &[&str] = &["file", "dev", "dir"];
/// Files that the guest is started from, whose path is the element's text.
const FILES: &[&str] = &["os/kernel", "os/initrd", "os/dtb"];

pub(super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let Some(site) = guest.profile.site.as_ref().filter(|site| !site.is_home) else { return };
    for interface in guest.devices_named("interface") {
        for source in interface.children_named("source") {
            for name in NETWORKS {
                named(draft, source, name, &site.names.networks);
            }
        }
    }
    for device in guest.devices().filter(|device| matches!(device.name(), "disk" | "filesystem")) {
        sources(draft, device, &site.names);
    }
    for file in FILES.iter().flat_map(|path| guest.all_at(path)) {
        if let Some(new) = site.names.path(&file.text()).filter(|new| **new != *file.text()) {
            draft.say(NAME_OF_OLD_HOST, why(&file.text(), &new), file, &new);
        }
    }
}

/// The sources of a disk: its own, and those of files below it.
fn sources<'d>(draft: &mut Draft<'d>, device: Element<'d>, names: &NameMap) {
    for child in device.children() {
        if child.name() == "source" {
            named(draft, child, "pool", &names.pools);
            for name in PATHS {
                let Some(old) = child.value(name) else { continue };
                if let Some(new) = names.path(&old) {
                    draft.set(NAME_OF_OLD_HOST, why(&old, &new), child, name, &new);
                }
            }
        } else if matches!(child.name(), "backingStore" | "mirror" | "dataStore") {
            sources(draft, child, names);
        }
    }
}

fn named<'d>(
    draft: &mut Draft<'d>,
    source: Element<'d>,
    name: &'static str,
    map: &BTreeMap<String, Known<String>>,
) {
    let Some(old) = source.value(name) else { return };
    if let Some(new) = map.get(&*old) {
        draft.set(NAME_OF_OLD_HOST, why(&old, &new.value), source, name, &new.value);
    }
}

fn why(old: &str, new: &str) -> String {
    format!("cluster.toml says that '{old}' is called '{new}' there")
}
