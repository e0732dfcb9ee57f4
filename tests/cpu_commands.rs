//! `portolan cpu …` against what real virsh answered.

use std::fs;

use crate::common;
use crate::samples::portolan;

/// One `[[cpu]]` of observed.toml.
struct Observed {
    name: String,
    arguments: Vec<String>,
    accepted: bool,
    /// What virsh printed, on either stream.
    said: String,
}

const FILES: &str = "inventories/captured";

fn observed() -> Vec<Observed> {
    let folder = common::repository().join(FILES);
    let text = fs::read_to_string(folder.join("observed.toml")).expect("readable");
    let document: toml::Table = text.parse().expect("TOML");
    document["cpu"].as_array().expect("a list").iter().map(one).collect()
}

fn one(table: &toml::Value) -> Observed {
    let text = |key: &str| table.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
    let list = |key: &str| -> Vec<String> {
        let items = table[key].as_array().expect("a list").iter();
        items.map(|item| item.as_str().expect("a text").to_owned()).collect()
    };
    let (host, command, options, documents) =
        (text("host"), text("command"), list("options"), list("documents"));
    let accepted = table["accepted"].as_bool().expect("yes or no");
    let name = format!("{host} {command} {} {}", options.join(" "), documents.join(" "));
    let answer = if accepted { text("answer") } else { text("message") };
    let said = match answer.strip_prefix("observed/") {
        Some(file) => fs::read_to_string(format!("{FILES}/observed/{file}")).expect("readable"),
        None => in_our_names(&answer) + "\n",
    };
    let libvirt = if host == "lab3" { "11.3" } else { "9.0" };
    let mut arguments = asked(&host, &command, &options);
    arguments.extend(documents.iter().map(|file| format!("{FILES}/{file}")));
    arguments.extend(["--libvirt".to_owned(), libvirt.to_owned()]);
    Observed { name, arguments, accepted, said }
}

/// The same question to Portolan: what virsh asks of its host stands in a document here.
fn asked(host: &str, command: &str, options: &[String]) -> Vec<String> {
    let question = command.rsplit('-').next().unwrap_or_default();
    let mut arguments: Vec<String> = ["cpu", question].map(String::from).into();
    let on = |file: &str| ["--on".to_owned(), format!("{FILES}/hosts/{host}/{file}")];
    match (command.starts_with("hypervisor"), question) {
        (true, _) => {
            let kind = if options.iter().any(|option| option == "kvm") { "kvm" } else { "qemu" };
            arguments.extend(on(&format!("domcapabilities/x86_64-{kind}-q35.xml")));
        }
        (false, "compare") => {
            arguments.extend(on("capabilities.xml").into_iter().chain(["--legacy".to_owned()]));
        }
        (false, _) => arguments.push("--legacy".to_owned()),
    }
    let ours = ["--features", "--migratable", "--error"];
    arguments.extend(options.iter().filter(|option| ours.contains(&option.as_str())).cloned());
    arguments
}

/// virsh was given copies of the documents; their names stand in its answers.
fn in_our_names(answer: &str) -> String {
    let copies = "/srv/lab/shared/";
    let mut out = answer.to_owned();
    for host in ["lab1", "lab2", "lab3"] {
        out = out.replace(
            &format!("{copies}{host}-domcapabilities-"),
            &format!("{FILES}/hosts/{host}/domcapabilities/"),
        );
        out = out.replace(&format!("{copies}{host}-"), &format!("{FILES}/hosts/{host}/"));
    }
    out
}

#[test]
fn answers_are_those_of_real_virsh() {
    let all = observed();
    let mut wrong = Vec::new();
    for one in &all {
        let arguments: Vec<&str> = one.arguments.iter().map(String::as_str).collect();
        let output = portolan(&arguments);
        let stream = if one.accepted { &output.stdout } else { &output.stderr };
        let other = if one.accepted { &output.stderr } else { &output.stdout };
        let said = String::from_utf8_lossy(stream);
        let code = output.status.code();
        if said != one.said || !other.is_empty() || code != Some(i32::from(!one.accepted)) {
            let other = String::from_utf8_lossy(other);
            wrong.push(format!("{}: {code:?}\n{said}\n{other}\nnot\n{}", one.name, one.said));
        }
    }
    println!("answers of virsh: {} of {} identical", all.len() - wrong.len(), all.len());
    assert!(!all.is_empty() && wrong.is_empty(), "{}", wrong.join("\n\n"));
}

const LAB1: &str = "inventories/captured/hosts/lab1";
const LAB3: &str = "inventories/captured/hosts/lab3";

/// Exit code, standard output and standard error. Where no map is named it is that of 11.3: which one the machine has
/// installed must not matter.
fn run(arguments: &[&str]) -> (i32, String, String) {
    let named = arguments.iter().any(|one| matches!(*one, "--libvirt" | "--cpu-map"));
    let map: &[&str] = if named { &[] } else { &["--libvirt", "11.3"] };
    let output = portolan(&[&["cpu"], arguments, map].concat());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// A file that holds `text`.
fn file(text: &str) -> (tempfile::NamedTempFile, String) {
    let file = tempfile::NamedTempFile::with_suffix(".xml").expect("a file");
    fs::write(file.path(), text).expect("written");
    let path = file.path().to_string_lossy().into_owned();
    (file, path)
}

#[test]
fn what_is_refused_is_refused_in_virshs_words() {
    let q35 = format!("{LAB3}/domcapabilities/x86_64-kvm-q35.xml");
    let refused = |text: &str, arguments: &[&str]| {
        let (_file, path) = file(text);
        let (code, out, err) = run(&[arguments, &[path.as_str()]].concat());
        assert_eq!((code, out.as_str()), (1, ""), "{err}");
        err.replace(&path, "FILE")
    };
    let none = "error: File 'FILE' does not contain any <cpu> element or valid domain XML, host capabilities XML, \
                or domain capabilities XML\n";
    assert_eq!(refused("<pool/>", &["expand"]), none);
    let vendors = "<cpu><arch>x86_64</arch><model>Penryn</model><vendor>Intel</vendor></cpu>\
                   <cpu><arch>x86_64</arch><model>phenom</model><vendor>AMD</vendor></cpu>";
    assert_eq!(
        refused(vendors, &["baseline", "--legacy"]),
        "error: operation failed: CPU vendors do not match\n"
    );
    let guest = "<cpu><model>Penryn</model></cpu>";
    assert_eq!(refused(guest, &["baseline", "--legacy"]), "error: XML error: Missing CPU architecture\n");
    let twice = "<cpu><model>Penryn</model><feature policy='require' name='vme'/>\
                 <feature policy='disable' name='vme'/></cpu>";
    let words = "error: XML error: CPU feature 'vme' specified more than once\n";
    assert_eq!(refused(twice, &["baseline", "--on", &q35]), words);
    let asks = "<cpu><model>pentium3</model><feature policy='require' name='avx'/></cpu>";
    assert_eq!(
        refused(asks, &["compare", "--error", "--on", &q35]),
        "error: Failed to compare hypervisor CPU with FILE\nerror: the CPU is incompatible with host CPU: Host \
         CPU does not provide required features: avx\n"
    );
}

#[test]
fn questions_without_a_real_answer_at_hand_are_answered() {
    let q35 = format!("{LAB3}/domcapabilities/x86_64-kvm-q35.xml");
    let (_file, pentium) = file("<?xml version='1.0'?>\n<cpu><model>pentium3</model></cpu>");
    let (code, out, _) = run(&["compare", &pentium, "--on", &q35]);
    let superset = "The CPU provided by hypervisor on the host is a superset of CPU described in";
    assert_eq!((code, out), (0, format!("{superset} {pentium}\n")));
    let (_file, haswell) = file("<cpu><model>Haswell</model></cpu>");
    let (code, out, _) = run(&["compare", &haswell, "--on", &q35]);
    let provided = "the CPU provided by hypervisor on the host";
    assert_eq!((code, out), (1, format!("CPU described in {haswell} is incompatible with {provided}\n")));
    let legacy = ["--legacy", "--libvirt", "9.0", "--on", &format!("{LAB1}/capabilities.xml")];
    let (code, out, _) = run(&[&["compare", &haswell], &legacy[..]].concat());
    assert_eq!((code, out), (1, format!("CPU described in {haswell} is incompatible with host CPU\n")));
    let (code, out, _) = run(&["baseline", "--model", "pentium3", "--on", &q35]);
    assert_eq!(code, 0);
    assert!(out.contains("<model fallback='forbid'>pentium3</model>"), "{out}");
    insta::assert_snapshot!(run(&["expand", &pentium]).1);
}

#[test]
fn arm_hosts_are_refused_and_hosts_cpus_warned_of() {
    let virt = format!("{LAB1}/domcapabilities/aarch64-qemu-virt.xml");
    let (code, _, err) = run(&["baseline", "--model", "cortex-a57", "--on", &virt]);
    let words = "error: Operation not supported: computing baseline hypervisor CPU is not supported for arch aarch64\n";
    assert_eq!((code, err.as_str()), (1, words));
    let q35 = format!("{LAB3}/domcapabilities/x86_64-kvm-q35.xml");
    let (code, _, err) = run(&["baseline", &format!("{LAB3}/capabilities.xml"), "--on", &q35]);
    assert_eq!(code, 0);
    assert_eq!(err, "error: using host CPU definition as input may provide incorrect results\n");
}

#[test]
fn files_that_cannot_be_read_are_refused_as_virsh_does() {
    let q35 = format!("{LAB3}/domcapabilities/x86_64-kvm-q35.xml");
    let (_file, broken) = file("<?xml version='1.0'?>\n<cpu>\n  <model>x</modl>\n</cpu>");
    for asked in [&["expand"][..], &["baseline", "--legacy"], &["compare", "--on", &q35]] {
        let (code, out, err) = run(&[asked, &[broken.as_str()]].concat());
        assert_eq!((code, out.as_str()), (1, ""));
        assert!(err.starts_with(&format!("error: {broken}:3:")), "{err}");
        let gone = "error: Failed to open file 'gone.xml': No such file or directory\n";
        assert_eq!(run(&[asked, &["gone.xml"]].concat()), (1, String::new(), gone.to_owned()));
    }
    let folder = "error: Failed to read file '/tmp': Is a directory\n";
    assert_eq!(run(&["expand", "/tmp"]), (1, String::new(), folder.to_owned()));
}

#[test]
fn wrong_arguments_are_no_answer() {
    let (_file, cpu) = file("<cpu><model>Penryn</model></cpu>");
    let capabilities = format!("{LAB1}/capabilities.xml");
    assert_eq!(run(&["baseline", &cpu]).0, 2);
    assert_eq!(run(&["baseline", "--legacy"]).0, 2);
    assert_eq!(run(&["expand", &cpu, "--libvirt", "8.0"]).0, 2);
    assert_eq!(run(&["expand", &cpu, "--cpu-map", "inventories"]).0, 2);
    assert_eq!(run(&["compare", &cpu, "--on", &capabilities]).0, 2);
    assert_eq!(run(&["compare", &cpu, "--on", "gone.xml"]).0, 2);
    let (code, _, err) = run(&["compare", &cpu, "--legacy", "--on", &capabilities, "--virttype", "kvm"]);
    assert_eq!((code, err.as_str()), (2, "error: virsh cpu-compare knows the host only, and no guests\n"));
}

#[test]
fn other_guests_than_the_documents_are_refused_in_virshs_words() {
    let kvm = format!("{LAB1}/domcapabilities/x86_64-kvm-q35.xml");
    let emulator = "/usr/bin/qemu-system-x86_64";
    let refused = |option: &str, value: &str| {
        let (code, out, err) = run(&["baseline", "--model", "486", "--on", &kvm, option, value]);
        assert_eq!((code, out.as_str()), (1, ""), "{option} {value}");
        err
    };
    assert_eq!(
        refused("--virttype", "qemu"),
        format!("error: invalid argument: the accel 'qemu' is not supported by '{emulator}' on this host\n")
    );
    assert_eq!(refused("--virttype", "kfm"), "error: invalid argument: unknown virttype: kfm\n");
    assert_eq!(refused("--arch", "x96"), "error: invalid argument: unknown architecture: x96\n");
    assert_eq!(
        refused("--arch", "aarch64"),
        "error: unsupported configuration: unable to find any emulator to serve 'aarch64' architecture\n"
    );
    assert_eq!(
        refused("--machine", "virt"),
        format!("error: invalid argument: the machine 'virt' is not supported by emulator '{emulator}'\n")
    );
    assert_eq!(
        refused("--emulator", "/bin/qemu"),
        "error: Cannot check QEMU binary /bin/qemu: No such file or directory\n"
    );
    let fitting = ["--virt-type", "kvm", "--arch", "x86_64", "--emulator", emulator];
    assert_eq!(run(&[&["baseline", "--model", "486", "--on", &kvm], &fitting[..]].concat()).0, 0);
}

/// Made up, in the form of libvirt's cache: QEMU lacks for two models other features than libvirt's map would say.
const CACHE: &str = "<qemuCaps><emulator>/usr/bin/qemu-system-x86_64</emulator><selfvers>9000000</selfvers>
  <version>7002022</version><flag name='kvm'/><arch>x86_64</arch>
  <hostCPU type='kvm' model='base' migratability='yes'>
    <property name='family' type='number' value='6'/><property name='vendor' type='string' value='GenuineIntel'/>
    <property name='sse2' type='boolean' value='true' migratable='yes'/>
    <property name='fpu' type='boolean' value='true' migratable='yes'/>
    <property name='pclmulqdq' type='boolean' value='false'/>
    <property name='invtsc' type='boolean' value='true' migratable='no'/></hostCPU>
  <cpu type='kvm' name='486' usable='no'><blocker name='lahf-lm'/></cpu>
  <cpu type='kvm' name='Westmere' usable='no'><blocker name='pclmulqdq'/><blocker name='lahf-lm'/></cpu>
  <cpu type='tcg' name='486' usable='yes'/>
  <machine type='kvm' name='pc-q35-7.2' alias='q35'/><machine type='tcg' name='pc-q35-7.2' alias='q35'/></qemuCaps>";

#[test]
fn libvirts_cache_tells_of_both_virt_types() {
    let (_file, cache) = file(CACHE);
    let asked = |arguments: &[&str]| {
        let (code, out, err) = run(&[arguments, &["--on", &cache, "--libvirt", "9.0"]].concat());
        format!("{code}\n{out}{}", err.replace(&cache, "CACHE"))
    };
    insta::assert_snapshot!("cache_kvm", asked(&["baseline", "--model", "Westmere"]));
    insta::assert_snapshot!(
        "cache_qemu",
        asked(&["baseline", "--model", "486", "--virttype", "qemu", "--machine", "q35"])
    );
    let (_file, all) = file(
        "<cpu><model>486</model><feature policy='require' name='invtsc'/><feature policy='require' name='avx'/></cpu>",
    );
    insta::assert_snapshot!("cache_properties", asked(&["baseline", &all]));
    insta::assert_snapshot!("cache_migratable", asked(&["baseline", &all, "--migratable"]));
    let (_file, fpu) = file("<cpu><model>486</model><vendor>Intel</vendor></cpu>");
    let compared = asked(&["compare", &fpu, "--error"]).replace(&fpu, "FILE");
    insta::assert_snapshot!("cache_compare", compared);
}

#[test]
fn on_arm_names_are_compared_and_the_first_is_copied() {
    let arm =
        |model: &str| format!("<cpu><arch>aarch64</arch><model>{model}</model><vendor>ARM</vendor></cpu>");
    let (_file, two) = file(&(arm("cortex-a57") + &arm("cortex-a53")));
    let note = "note: on ARM virsh copies the model of the first CPU, whatever the others are; that is no baseline\n";
    let copied = "<cpu mode='custom' match='exact'>\n  <model fallback='allow'>cortex-a57</model>\n</cpu>\n";
    assert_eq!(run(&["baseline", "--legacy", "--features", &two]), (0, copied.to_owned(), note.to_owned()));
    let (_file, riscv) = file("<cpu><arch>riscv64</arch><model>x</model></cpu>");
    let words = "error: this function is not supported by the connection driver: 'riscv64' architecture is not \
                 supported by CPU driver\n";
    assert_eq!(run(&["baseline", "--legacy", &riscv]), (1, String::new(), words.to_owned()));
    let host = format!("<capabilities><host>{}</host></capabilities>", arm("Neoverse-N1"));
    let (_file, host) = file(&host);
    let compared = |text: &str| {
        let (_file, path) = file(text);
        let (code, out, err) = run(&["compare", "--legacy", "--error", "--on", &host, &path]);
        assert!(err.starts_with("note: on ARM virsh calls every CPU of a guest identical"), "{err}");
        (code, (out + err.split_once('\n').map_or("", |(_, rest)| rest)).replace(&path, "FILE"))
    };
    let identical = (0, "CPU described in FILE is identical to host CPU\n".to_owned());
    assert_eq!(compared("<cpu><model>nonsense</model></cpu>"), identical);
    assert_eq!(compared(&arm("Neoverse-N1")), identical);
    let (code, said) = compared(&arm("Neoverse-V1"));
    assert_eq!(code, 1);
    assert!(said.ends_with("host CPU model does not match required CPU model Neoverse-V1\n"), "{said}");
}

/// Made up: a processor of Intel, with hardly more than a Pentium has.
const PROCESSOR: &str = "<cpudata arch='x86'>
  <cpuid eax_in='0x0' ecx_in='0x0' eax='0x1' ebx='0x756e6547' ecx='0x6c65746e' edx='0x49656e69'/>
  <cpuid eax_in='0x1' ecx_in='0x0' eax='0x543' ebx='0x0' ecx='0x0' edx='0x008001bf'/>
</cpudata>";

#[test]
fn processors_are_decoded() {
    let (_file, raw) = file(PROCESSOR);
    insta::assert_snapshot!(run(&["decode", &raw]).1);
    let q35 = format!("{LAB3}/domcapabilities/x86_64-kvm-q35.xml");
    insta::assert_snapshot!(run(&["decode", &raw, "--guest", "--on", &q35]).1);
    let (_file, nothing) = file("<cpudata/>");
    let refusal = "error: internal error: Cannot find suitable CPU model for given data\n";
    assert_eq!(run(&["decode", &nothing]), (1, String::new(), refusal.to_owned()));
    let (_file, unclear) = file("<cpudata><cpuid eax_in='x'/></cpudata>");
    assert_eq!(run(&["decode", &unclear]).0, 2);
}

/// A document, the question, and what virsh 9.0 on lab1 answered to it when it was asked: on standard output, or after
/// `error: ` on standard error.
const ASKED: [(&str, &str, &str); 17] = [
    (
        "<cpu match='exact'><arch>x86_64</arch><model>Penryn</model></cpu>",
        "compare",
        "XML error: 'arch' element cannot be used inside 'cpu' element with 'match' attribute'",
    ),
    ("<cpu><arch>x86_64</arch></cpu>", "compare", "XML error: Missing CPU model name"),
    (
        "<cpu><feature policy='require' name='vme'/></cpu>",
        "compare",
        "XML error: Non-empty feature list specified without CPU model",
    ),
    (
        "<cpu><model>Penryn</model><feature policy='bogus' name='vme'/></cpu>",
        "compare",
        "unsupported configuration: Invalid CPU feature policy",
    ),
    (
        "<cpu><model>Penryn</model><feature name='vme'/><feature name='vme'/></cpu>",
        "compare",
        "XML error: CPU feature 'vme' specified more than once",
    ),
    (
        "<cpu><arch>aarch64</arch><model>cortex-a57</model></cpu>",
        "compare",
        "the CPU is incompatible with host CPU: CPU arch aarch64 does not match host arch",
    ),
    (
        "<cpu><model>pentium3</model><vendor>Intel</vendor></cpu>",
        "compare",
        "the CPU is incompatible with host CPU: host CPU vendor does not match required CPU vendor Intel",
    ),
    (
        "<cpu><model>qemu64</model><feature policy='forbid' name='vme'/><feature policy='forbid' name='sse2'/></cpu>",
        "compare",
        "the CPU is incompatible with host CPU: Host CPU provides forbidden features: vme, sse2",
    ),
    (
        "<cpu><model>pentium3</model><feature policy='require' name='avx512f'/><feature policy='require' name='avx'/></cpu>",
        "compare",
        "the CPU is incompatible with host CPU: Host CPU does not provide required features: avx, avx512f",
    ),
    (
        "<domain type='kvm'><cpu mode='host-model'/></domain>",
        "compare",
        "The CPU provided by hypervisor on the host is a superset of CPU described in FILE\n",
    ),
    ("<cpu><model>Penryn</model></cpu>", "legacy", "XML error: Missing CPU architecture"),
    (
        "<cpu><arch>x86_64</arch><model>Penryn</model><vendor>Foo</vendor></cpu>",
        "legacy",
        "operation failed: Unknown CPU vendor Foo",
    ),
    (
        "<domain type='kvm'><cpu mode='host-model'/></domain>",
        "legacy",
        "unsupported configuration: Attribute mode is only allowed for guest CPU",
    ),
    (
        "<cpu match='exact'><arch>x86_64</arch><model>Penryn</model></cpu>",
        "legacy",
        "<cpu mode='custom' match='exact'>\n  <model fallback='forbid'>Penryn</model>\n</cpu>\n",
    ),
    (
        "<domain type='kvm'><cpu mode='host-model'/></domain>",
        "baseline",
        "invalid argument: no CPU model specified at index 0",
    ),
    (
        "<cpu><model>Penryn</model></cpu>",
        "baseline",
        "<cpu mode='custom' match='exact'>\n  <model fallback='forbid'>Penryn</model>\n  <feature policy='disable' name='pni'/>\n  <feature policy='disable' name='ssse3'/>\n  <feature policy='disable' name='sse4.1'/>\n</cpu>\n",
    ),
    (
        "<cpu><model>qemu64</model><feature policy='forbid' name='sse2'/></cpu>",
        "baseline",
        "<cpu mode='custom' match='exact'>\n  <model fallback='forbid'>qemu64</model>\n  <feature policy='disable' name='sse2'/>\n  <feature policy='disable' name='pni'/>\n</cpu>\n",
    ),
];

#[test]
fn documents_made_for_it_are_answered_as_virsh_did() {
    let kvm = format!("{LAB1}/domcapabilities/x86_64-kvm-q35.xml");
    for (text, question, answer) in ASKED {
        let (_file, path) = file(text);
        let asked: &[&str] = match question {
            "compare" => &["compare", "--error", "--on", &kvm],
            "legacy" => &["baseline", "--legacy"],
            _ => &["baseline", "--on", &kvm],
        };
        let (code, out, err) = run(&[asked, &["--libvirt", "9.0", &path]].concat());
        let failed =
            if question == "compare" { "error: Failed to compare hypervisor CPU with FILE\n" } else { "" };
        let expected = if answer.ends_with('\n') {
            (0, answer.to_owned(), String::new())
        } else {
            (1, String::new(), format!("{failed}error: {answer}\n"))
        };
        assert_eq!((code, out.replace(&path, "FILE"), err.replace(&path, "FILE")), expected, "{text}");
    }
}
