//! What blocks the models of a host's QEMU, where its domain capabilities do not tell (libvirt before 10.9): libvirt's
//! cache tells.
//!
//! A document of the cache is the domain capabilities' where emulator, architecture and virt type are the same. Domain
//! capabilities name no version of QEMU; `version.txt` names that of the host's own architecture, and a document of
//! another version is out of date. Domain capabilities are trusted before the cache: a model that they call usable is
//! blocked by nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Arch, Capability, CustomModel, Fact, Known, QemuCapabilities, Usable, Version};

/// What the cache says of the models of `capability`.
#[derive(Default)]
pub(super) struct Weighed {
    /// The blockers by model.
    pub(super) blockers: Option<Known<BTreeMap<String, Vec<String>>>>,
    /// The first model of which both speak and do not say the same.
    pub(super) conflict: Option<Conflict>,
}

/// Two documents that do not say the same of a model.
pub(super) struct Conflict {
    pub(super) model: String,
    pub(super) trusted: Known<BTreeSet<String>>,
    pub(super) other: Known<BTreeSet<String>>,
}

/// Whether the document is of another QEMU than the one that the host of this architecture runs.
pub(super) fn out_of_date(probed: &QemuCapabilities, arch: &Fact<Arch>, qemu: &Fact<Version>) -> bool {
    let own = arch.value().is_some_and(|arch| *arch == probed.arch.value);
    let other = |known: &Known<Version>| qemu.value().is_some_and(|qemu| *qemu != known.value);
    own && probed.version.as_ref().is_some_and(other)
}

/// Weighs what `documents` say against what `capability` says itself.
pub(super) fn weigh(capability: &Capability, documents: &[&QemuCapabilities]) -> Weighed {
    let of = |one: &&&QemuCapabilities| {
        Some(&one.emulator) == capability.emulator.as_ref() && one.arch == capability.arch
    };
    let by = documents.iter().find(of).and_then(|one| one.accelerator(&capability.virt_type.value));
    let Some(by) = by else { return Weighed::default() };
    let mut weighed = Weighed::default();
    let mut told = BTreeMap::new();
    for probed in &by.models {
        let Some(blockers) = &probed.value.blockers else { continue };
        let Some(listed) = capability.model(&probed.value.name) else { continue };
        let set: BTreeSet<String> = blockers.iter().cloned().collect();
        match trusted(&listed.value, &set) {
            None => {
                told.insert(probed.value.name.into(), blockers.clone());
            }
            Some(said) => {
                weighed.conflict.get_or_insert_with(|| Conflict {
                    model: probed.value.name.into(),
                    trusted: Known::new(said, listed.place),
                    other: Known::new(set, probed.place),
                });
            }
        }
    }
    weighed.blockers = (!told.is_empty()).then(|| Known::new(told, by.virt_type.place));
    weighed
}

/// What domain capabilities say of the blockers, where that is not what the cache says.
fn trusted(listed: &CustomModel, probed: &BTreeSet<String>) -> Option<BTreeSet<String>> {
    let said = match (&listed.blockers, listed.usable) {
        (Some(own), _) => own.iter().cloned().collect(),
        (None, Usable::Yes) => BTreeSet::new(),
        (None, Usable::No) if probed.is_empty() => BTreeSet::from(["something".to_owned()]),
        (None, Usable::No | Usable::Unknown) => return None,
    };
    (said != *probed).then_some(said)
}

#[cfg(test)]
mod tests {
    use crate::ingest::tests::made_up_host;
    use crate::model::{Host, Problem};

    /// Made up.
    const DOMCAPABILITIES: &str =
        "<domainCapabilities><path>/usr/bin/qemu-system-x86_64</path><domain>kvm</domain>
        <machine>pc-q35-7.2</machine><arch>x86_64</arch><cpu><mode name='custom' supported='yes'>
        <model usable='yes'>486</model><model usable='no'>Westmere</model><model usable='no'>Nehalem</model>
        </mode></cpu></domainCapabilities>";

    fn cache(models: &str) -> String {
        format!(
            "<qemuCaps><emulator>/usr/bin/qemu-system-x86_64</emulator><version>7002022</version>
             <arch>x86_64</arch>{models}</qemuCaps>"
        )
    }

    fn host(models: &str, version: &str) -> (Host, Vec<Problem>) {
        made_up_host(&[
            ("domcapabilities/kvm.xml", DOMCAPABILITIES),
            ("qemu-capabilities/x86_64.xml", &cache(models)),
            ("version.txt", &format!("Using library: libvirt 9.0.0\nRunning hypervisor: QEMU {version}\n")),
            ("uname.txt", "Linux h 6.1.0 #1 x86_64 GNU/Linux\n"),
        ])
    }

    const WESTMERE: &str = "<cpu type='kvm' name='Westmere' usable='no'><blocker name='pclmulqdq'/></cpu>";

    #[test]
    fn the_cache_tells_what_domain_capabilities_do_not() {
        let emulated = "<cpu type='tcg' name='Nehalem' usable='no'><blocker name='pni'/></cpu>";
        let (host, problems) = host(&format!("{WESTMERE}{emulated}"), "7.2.22");
        assert_eq!(problems, []);
        let kvm = &host.platform.capabilities[0];
        assert_eq!(kvm.blockers("Westmere"), Some(&["pclmuldq".to_owned()][..]));
        assert_eq!(kvm.blockers("Nehalem"), None, "that is told of emulation only");
        assert_eq!(kvm.blockers("486"), None);
    }

    #[test]
    fn a_conflict_is_told_and_domain_capabilities_are_trusted() {
        let blocked = "<cpu type='kvm' name='486' usable='no'><blocker name='vme'/></cpu>";
        let (host, problems) = host(&format!("{blocked}{WESTMERE}"), "7.2.22");
        let kvm = &host.platform.capabilities[0];
        assert_eq!((kvm.blockers("486"), kvm.blockers("Westmere").map(<[_]>::len)), (None, Some(1)));
        let [problem] = &problems[..] else { panic!("{problems:?}") };
        assert!(
            problem.message.starts_with(
                "what blocks the model '486' is vme here and nothing in hosts/h/domcapabilities/kvm.xml:3:"
            ),
            "{}",
            problem.message
        );
    }

    #[test]
    fn the_cache_of_another_qemu_is_not_used() {
        let (host, problems) = host(WESTMERE, "8.0.0");
        assert_eq!(host.platform.capabilities[0].blockers("Westmere"), None);
        assert!(problems[0].message.starts_with("the version of QEMU is 7.2.22 here and 8.0.0 in"));
    }
}
