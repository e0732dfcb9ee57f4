//! What is asked of both: a command of virsh with its options, and the documents in the file it is given.

use std::fmt::Write as _;
use std::sync::Arc;

/// One `<feature>`: the policy, where one is given, and the name.
pub(super) type Feature = (Option<&'static str>, String);

/// Where something odd stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// Among the attributes of `<cpu>`.
    Cpu,
    /// Among those of `<model>`.
    Model,
    /// After the features.
    Child,
}

/// What a definition stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shape {
    /// Nothing.
    #[default]
    Bare,
    /// A domain.
    Domain,
    /// The host of capabilities.
    Capabilities,
    /// The mode host-model of domain capabilities, which has no attributes of a `<cpu>`.
    HostModel,
}

/// One document with a `<cpu>` element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Input {
    /// What a tool printed, whole; then nothing else counts.
    pub(super) real: Option<Arc<String>>,
    pub(super) shape: Shape,
    pub(super) mode: Option<&'static str>,
    pub(super) arch: Option<&'static str>,
    pub(super) matching: Option<&'static str>,
    pub(super) model: Option<String>,
    pub(super) vendor: Option<String>,
    pub(super) bits: Option<u32>,
    pub(super) features: Vec<Feature>,
    pub(super) odd: Option<(At, &'static str)>,
}

impl Input {
    pub(super) fn xml(&self) -> String {
        if let Some(real) = &self.real {
            return real.to_string();
        }
        match self.shape {
            Shape::Bare => self.cpu(),
            Shape::Domain => format!("<domain type='kvm'>\n<name>g</name>\n{}</domain>\n", self.cpu()),
            Shape::Capabilities => format!("<capabilities><host>\n{}</host></capabilities>\n", self.cpu()),
            Shape::HostModel => format!(
                "<domainCapabilities><cpu><mode name='maximum' supported='yes'/>\n\
                 <mode name='host-model' supported='yes'>\n{}</mode></cpu></domainCapabilities>\n",
                self.children()
            ),
        }
    }

    fn odd(&self, at: At) -> String {
        let odd = self.odd.filter(|(place, _)| *place == at);
        odd.map_or_else(String::new, |(_, text)| format!(" {text}"))
    }

    fn cpu(&self) -> String {
        let attribute = |name: &str, value: Option<&str>| value.map(|value| format!(" {name}='{value}'"));
        let attributes = [attribute("mode", self.mode), attribute("match", self.matching)];
        let attributes: String = attributes.into_iter().flatten().collect();
        format!("<cpu{attributes}{}>\n{}</cpu>\n", self.odd(At::Cpu), self.children())
    }

    fn children(&self) -> String {
        let mut out = String::new();
        if let Some(arch) = self.arch {
            let _ = writeln!(out, "  <arch>{arch}</arch>");
        }
        if let Some(model) = &self.model {
            let _ = writeln!(out, "  <model{}>{model}</model>", self.odd(At::Model));
        }
        if let Some(vendor) = &self.vendor {
            let _ = writeln!(out, "  <vendor>{vendor}</vendor>");
        }
        if let Some(bits) = self.bits {
            let _ = writeln!(out, "  <maxphysaddr mode='passthrough' limit='{bits}'/>");
        }
        for (policy, name) in &self.features {
            let policy = policy.map(|p| format!(" policy='{p}'")).unwrap_or_default();
            let _ = writeln!(out, "  <feature{policy} name='{name}'/>");
        }
        out + &self.odd(At::Child) + "\n"
    }
}

/// What is wrong with the whole file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spoiled {
    /// It is not there.
    Gone,
    /// It ends after this share of its bytes, in hundredths.
    CutOff(usize),
    /// It holds this instead.
    Holds(&'static str),
}

/// What is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Work {
    /// A baseline, with `--features` and `--migratable` or without.
    Baseline { expanded: bool, migratable: bool },
    /// A baseline of one model by its name alone, with the same.
    Model { expanded: bool, migratable: bool },
    /// A comparison with the host, with `--error` or without.
    Compare { error: bool },
}

/// The guests that a hypervisor is asked for: option and value.
pub(super) type Guests = Vec<(&'static str, &'static str)>;

/// Who is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum By {
    /// The QEMU driver, by the map and the CPU of the host alone.
    Host,
    /// The test driver, by the map alone.
    Test,
    /// The QEMU driver, by what QEMU gives.
    Hypervisor(Guests),
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mix {
    pub(super) work: Work,
    pub(super) by: By,
    pub(super) inputs: Vec<Input>,
    pub(super) prolog: bool,
    pub(super) spoiled: Option<Spoiled>,
}

impl Mix {
    /// The file, where it is there.
    pub(super) fn text(&self) -> Option<String> {
        let prolog = if self.prolog { "<?xml version='1.0' encoding='UTF-8'?>\n" } else { "" };
        let whole = prolog.to_owned() + &self.inputs.iter().map(Input::xml).collect::<String>();
        match self.spoiled {
            None => Some(whole),
            Some(Spoiled::Gone) => None,
            Some(Spoiled::CutOff(share)) => Some(whole[..whole.len() * share / 100].to_owned()),
            Some(Spoiled::Holds(text)) => Some(text.to_owned()),
        }
    }

    /// The value of an option of the guests.
    pub(super) fn guests(&self, option: &str) -> Option<&'static str> {
        let By::Hypervisor(guests) = &self.by else { return None };
        guests.iter().find(|(name, _)| *name == option).map(|(_, value)| *value)
    }

    pub(super) fn is_compare(&self) -> bool {
        matches!(self.work, Work::Compare { .. })
    }

    /// The options that both know by the same name.
    pub(super) fn options(&self) -> Vec<String> {
        let flags = match self.work {
            Work::Baseline { expanded, migratable } | Work::Model { expanded, migratable } => {
                [(expanded, "--features"), (migratable, "--migratable")]
            }
            Work::Compare { error } => [(error, "--error"), (false, "")],
        };
        let flags = flags.into_iter().filter(|(given, _)| *given).map(|(_, flag)| flag.to_owned());
        let model = matches!(self.work, Work::Model { .. }).then(|| self.inputs[0].model.clone()).flatten();
        let model = model.into_iter().flat_map(|model| ["--model".to_owned(), model]);
        let guests: &[_] = if let By::Hypervisor(guests) = &self.by { guests } else { &[] };
        let guests = guests.iter().flat_map(|(option, value)| [format!("--{option}"), (*value).to_owned()]);
        flags.chain(model).chain(guests).collect()
    }

    /// Whom virsh asks.
    pub(super) fn uri(&self) -> &'static str {
        if self.by == By::Test { "test:///default" } else { "qemu:///system" }
    }

    /// What virsh is started with after the driver, the file being called `file`.
    pub(super) fn command(&self, file: &str) -> Vec<String> {
        let prefix = if matches!(self.by, By::Hypervisor(_)) { "hypervisor-" } else { "" };
        let question = if self.is_compare() { "compare" } else { "baseline" };
        let mut command = vec![format!("{prefix}cpu-{question}")];
        command.extend(self.options());
        if !matches!(self.work, Work::Model { .. }) {
            command.extend(["--file".to_owned(), file.to_owned()]);
        }
        command
    }

    /// What the mixes are counted by.
    pub(super) fn kind(&self) -> String {
        let work = if self.is_compare() { "compare" } else { "baseline" };
        let virt = self.guests("virttype").unwrap_or("no type");
        match &self.by {
            By::Host => format!("cpu-{work}"),
            By::Test => format!("cpu-{work} of test:///default"),
            By::Hypervisor(_) => format!("hypervisor-cpu-{work}, {virt}"),
        }
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// Standard output, to the byte.
    pub(super) out: String,
    /// Standard error, to the byte but for two things: see [`Answer::new`].
    pub(super) err: String,
    /// The exit code.
    pub(super) code: Option<i32>,
}

impl Answer {
    /// Where the file is malformed, virsh prints what libxml2 says, with the line, and Portolan what its own parser says,
    /// with line and column: only that both say so is kept. What Portolan notes beside virsh's words (`note: `) is not.
    pub(super) fn new(out: String, err: &str, code: Option<i32>, file: &str) -> Self {
        let head = format!("error: {file}:");
        let err = match err.strip_prefix(&head) {
            Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => format!("{head} malformed\n"),
            _ => err.split_inclusive('\n').filter(|line| !line.starts_with("note: ")).collect(),
        };
        Self { out, err, code }
    }

    /// The answer as a person reads it.
    pub(super) fn text(&self) -> String {
        format!("exit code {:?}\n{}{}", self.code, self.out, self.err)
    }

    /// What is alike in answers that differ in names only.
    pub(super) fn gist(&self) -> String {
        let words = |text: &str| text.split([' ', ':', '\n']).take(6).collect::<Vec<_>>().join(" ");
        format!(
            "{:?} {} {}",
            self.code,
            if self.out.starts_with('<') { "<cpu>" } else { "" },
            words(&self.err)
        )
    }
}

/// One that answers: virsh or Portolan.
pub(super) trait Judge: Sync {
    /// The answer to one question.
    fn answer(&self, mix: &Mix) -> Answer;
}
