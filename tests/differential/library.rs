//! Portolan's library as the judge, from the text of the question to libvirt's words.

use portolan::cpu::x86::{
    BaselineOptions, CannotTell, Comparison, Definition, Incompatibility, baseline, compare, expand_features,
    hypervisor_compare, malformed, to_xml,
};
use portolan::ingest;
use portolan::model::{CpuDefinition, Version};

use super::machine::Machine;
use super::mix::{Answer, By, Judge, Mix, Work};

/// The library, on behalf of a machine.
pub(super) struct Library<'m>(pub(super) &'m Machine);

impl Judge for Library<'_> {
    fn answers(&mut self, mixes: &[Mix]) -> Vec<Answer> {
        mixes.iter().map(|mix| self.answer(mix).unwrap_or_else(Answer::Refused)).collect()
    }
}

impl Library<'_> {
    fn answer(&self, mix: &Mix) -> Result<Answer, String> {
        let read = read(mix);
        let legacy_baseline = mix.work != Work::Compare && !matches!(mix.by, By::Hypervisor(_));
        // The comparison looks at the first of a file only.
        let read = if mix.work == Work::Compare { &read[..1] } else { &read[..] };
        if let Some(error) = read.iter().find_map(|cpu| malformed(cpu, legacy_baseline)) {
            return Err(error.to_string());
        }
        let cpus: Vec<Definition> = read.iter().map(|cpu| self.definition(cpu)).collect();
        match mix.work {
            Work::Compare => self.compare(mix.by, &cpus[0]),
            Work::Baseline { expanded, migratable } => self.baseline(mix.by, cpus, expanded, migratable),
        }
    }

    /// What libvirt makes of it: before 9.5 a baseline has no `<maxphysaddr>`.
    fn definition(&self, cpu: &CpuDefinition) -> Definition {
        let cpu = Definition::from(cpu);
        let knows = self.0.libvirt() >= Version::new(9, 5, 0);
        Definition { max_physical_bits: cpu.max_physical_bits.filter(|_| knows), ..cpu }
    }

    fn compare(&self, by: By, cpu: &Definition) -> Result<Answer, String> {
        let map = self.0.map();
        let answer = match by {
            By::Hypervisor(virt) => hypervisor_compare(map, self.0.capability(virt), cpu),
            By::Host | By::Library => compare(map, &self.0.cpu(), cpu).map_err(CannotTell::Cpu),
        };
        match answer.map_err(|error| error.to_string())? {
            Comparison::Identical => Ok(Answer::Identical),
            Comparison::Superset => Ok(Answer::Superset),
            Comparison::Incompatible(reasons) => Ok(Answer::Incompatible(words(&reasons[0]))),
        }
    }

    fn baseline(
        &self,
        by: By,
        cpus: Vec<Definition>,
        expanded: bool,
        migratable: bool,
    ) -> Result<Answer, String> {
        let map = self.0.map();
        let (cpus, options) = match by {
            By::Hypervisor(virt) => (cpus, self.options(virt, migratable)),
            By::Host | By::Library => {
                let options = BaselineOptions { migratable, ..BaselineOptions::default() };
                (cpus.into_iter().map(Definition::as_host).collect(), options)
            }
        };
        let mut result = baseline(map, &cpus, &options).map_err(|error| error.to_string())?;
        if by == By::Host {
            result = result.passed_to_qemu();
        }
        if expanded {
            result = expand_features(map, &result).map_err(|error| error.to_string())?;
        }
        Ok(Answer::Cpu(to_xml(&result)))
    }

    fn options(&self, virt: usize, migratable: bool) -> BaselineOptions {
        let known = self.0.hypervisors[virt].as_ref().expect("only what is there is asked");
        let features = Some(known.features[usize::from(migratable)].clone());
        BaselineOptions { models: Some(known.models.clone()), features, migratable }
    }
}

/// The inputs as they are read from a document, here as the CPUs of guests.
fn read(mix: &Mix) -> Vec<CpuDefinition> {
    let file = |(at, input): (usize, &super::mix::Input)| {
        let text = format!("<domain type='kvm'><name>g{at}</name>{}</domain>", input.xml());
        (format!("guests/g{at}.xml"), text.into_bytes())
    };
    let cluster = ingest::read_files("mix", mix.inputs.iter().enumerate().map(file).collect());
    assert_eq!(cluster.guests.len(), mix.inputs.len(), "{:?}", cluster.problems);
    let cpus = cluster.guests.into_iter().filter_map(|guest| guest.requirements.cpu);
    cpus.map(|cpu| cpu.value).collect()
}

/// The reason as libvirt words it.
fn words(reason: &Incompatibility) -> String {
    let list = |names: &[String]| names.join(", ");
    match reason {
        Incompatibility::Arch(arch) => format!("CPU arch {} does not match host arch", arch.as_str()),
        Incompatibility::HostUnknown => "unknown host CPU".to_owned(),
        Incompatibility::Vendor { asked, .. } => {
            format!("host CPU vendor does not match required CPU vendor {asked}")
        }
        Incompatibility::Forbidden(names) => format!("Host CPU provides forbidden features: {}", list(names)),
        Incompatibility::Missing(names) => {
            format!("Host CPU does not provide required features: {}", list(names))
        }
        Incompatibility::Strict(names) => {
            format!("Host CPU does not strictly match guest CPU: Extra features: {}", list(names))
        }
        Incompatibility::ModelNotOffered(name) => format!("the model {name} is not offered"),
    }
}
