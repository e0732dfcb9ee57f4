//! What is asked of both: a command of virsh and the `<cpu>` elements of the file it is given.

use std::fmt::Write as _;

/// One `<feature>`: the policy, where one is given, and the name.
pub(super) type Feature = (Option<&'static str>, String);

/// One `<cpu>` element, as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Input {
    pub(super) mode: Option<&'static str>,
    pub(super) arch: Option<&'static str>,
    pub(super) matching: Option<&'static str>,
    pub(super) model: Option<String>,
    pub(super) vendor: Option<String>,
    pub(super) bits: Option<u32>,
    pub(super) features: Vec<Feature>,
}

impl Input {
    pub(super) fn xml(&self) -> String {
        let attribute = |name: &str, value: Option<&str>| value.map(|value| format!(" {name}='{value}'"));
        let attributes = [attribute("mode", self.mode), attribute("match", self.matching)];
        let mut out = format!("<cpu{}>\n", attributes.into_iter().flatten().collect::<String>());
        for (name, text) in
            [("arch", self.arch), ("model", self.model.as_deref()), ("vendor", self.vendor.as_deref())]
        {
            if let Some(text) = text {
                let _ = writeln!(out, "  <{name}>{text}</{name}>");
            }
        }
        if let Some(bits) = self.bits {
            let _ = writeln!(out, "  <maxphysaddr mode='passthrough' limit='{bits}'/>");
        }
        for (policy, name) in &self.features {
            let policy = policy.map(|p| format!(" policy='{p}'")).unwrap_or_default();
            let _ = writeln!(out, "  <feature{policy} name='{name}'/>");
        }
        out + "</cpu>\n"
    }
}

/// What an emulator's type is, as virsh spells it.
pub(super) const VIRT_TYPES: [&str; 2] = ["kvm", "qemu"];

/// What is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Work {
    /// A baseline, with `--features` and `--migratable` or without.
    Baseline { expanded: bool, migratable: bool },
    /// A comparison with the host, always with `--error`, which tells the reason.
    Compare,
}

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum By {
    /// The test driver, which is libvirt's library without a hypervisor. It has no comparison.
    Library,
    /// The QEMU driver, by the map and the CPU of the host alone.
    Host,
    /// The QEMU driver, by what QEMU gives with this type of emulation (a place in [`VIRT_TYPES`]).
    Hypervisor(usize),
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mix {
    pub(super) work: Work,
    pub(super) by: By,
    pub(super) inputs: Vec<Input>,
}

impl Mix {
    /// The command line after `virsh`, without the file.
    pub(super) fn command(&self) -> String {
        let (prefix, virt) = match self.by {
            By::Hypervisor(at) => ("hypervisor-", format!(" --virttype {}", VIRT_TYPES[at])),
            By::Library | By::Host => ("", String::new()),
        };
        match self.work {
            Work::Compare => format!("{prefix}cpu-compare{virt} --error"),
            Work::Baseline { expanded, migratable } => {
                let expanded = if expanded { " --features" } else { "" };
                let migratable = if migratable { " --migratable" } else { "" };
                format!("{prefix}cpu-baseline{virt}{expanded}{migratable}")
            }
        }
    }

    pub(super) fn uri(&self) -> &'static str {
        if self.by == By::Library { "test:///default" } else { "qemu:///system" }
    }

    pub(super) fn text(&self) -> String {
        self.inputs.iter().map(Input::xml).collect()
    }

    /// What the mixes are counted by.
    pub(super) fn kind(&self) -> String {
        let work = if self.work == Work::Compare { "compare" } else { "baseline" };
        match self.by {
            By::Library => format!("cpu-{work}, test:///default"),
            By::Host => format!("cpu-{work}, qemu:///system"),
            By::Hypervisor(at) => format!("hypervisor-cpu-{work}, {}", VIRT_TYPES[at]),
        }
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The baseline, to the byte.
    Cpu(String),
    /// The host gives that and no more.
    Identical,
    /// The host gives that and more.
    Superset,
    /// The host does not give that; libvirt's first reason, word for word.
    Incompatible(String),
    /// There is no answer; libvirt's reason without the class of its error.
    Refused(String),
}

impl Answer {
    /// The answer as a person reads it.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Cpu(text) => text.clone(),
            Self::Identical => "identical".to_owned(),
            Self::Superset => "superset".to_owned(),
            Self::Incompatible(why) => format!("incompatible: {why}"),
            Self::Refused(why) => format!("error: {why}"),
        }
    }

    /// What is alike in answers that differ in names only.
    pub(super) fn gist(&self) -> String {
        let text = self.text();
        if matches!(self, Self::Cpu(_)) {
            return "a baseline".to_owned();
        }
        text.split([' ', ':']).take(4).collect::<Vec<_>>().join(" ")
    }
}

/// One that answers: virsh, or Portolan by its library or its command line.
pub(super) trait Judge {
    /// The answers, in the order of the questions.
    fn answers(&mut self, mixes: &[Mix]) -> Vec<Answer>;
}
