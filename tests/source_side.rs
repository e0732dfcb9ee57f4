//! Source side: what real libvirt says of a guest before it moves, against Portolan's verdict from the dumped documents.
//!
//! Asked to migrate a guest to the host it is on, libvirt makes all the checks of the source and then stops at "Attempt to
//! migrate guest to the same host": that error means that nothing on the source stands against the move (libvirt 9.0,
//! qemuMigrationSrcBegin). Any other error is a reason. Portolan is given two hosts with the same documents.
//!
//! Needs root, libvirtd and QEMU: it runs only where `PORTOLAN_REQUIRE` names `libvirt`.

mod cases;
mod moments;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use portolan::compat::{Answer, Chart, Mode, Severity};
use portolan::ingest;
use rayon::prelude::*;

use self::cases::Case;

const URI: &str = "qemu:///system";

fn virsh(arguments: &[&str]) -> Output {
    let mut command = Command::new("virsh");
    command.args(["-q", "-c", URI]).args(arguments).stdin(Stdio::null());
    command.output().expect("virsh runs")
}

fn printed(arguments: &[&str]) -> Vec<u8> {
    let output = virsh(arguments);
    assert!(output.status.success(), "virsh {arguments:?}: {}", told(&output));
    output.stdout
}

fn told(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    text.lines()
        .filter(|line| line.starts_with("error: "))
        .map(|line| &line[7..])
        .collect::<Vec<_>>()
        .join("; ")
}

/// What the guests' disks and shares are, gone when the test is done.
struct Stage {
    folder: PathBuf,
    servers: [Child; 2],
    block: String,
    turn: Child,
}

/// Waits until no other run on this machine has the names that this one takes: a `cat` that answers has the lock, until
/// nobody can tell it more.
fn turn() -> Child {
    let lock = std::env::temp_dir().join("portolan-source.lock");
    let mut command = Command::new("flock");
    command.arg("--no-fork").arg(lock).arg("cat").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut turn = command.spawn().expect("flock");
    turn.stdin.as_mut().expect("piped").write_all(b"?").expect("told");
    turn.stdout.as_mut().expect("piped").read_exact(&mut [0]).expect("answered");
    turn
}

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().expect("the program runs");
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

impl Stage {
    fn new() -> Self {
        let turn = turn();
        let folder = PathBuf::from("/var/tmp/portolan-source");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("folder")).expect("a folder");
        fs::create_dir_all(folder.join("pool")).expect("a folder");
        let at = |name: &str| folder.join(name).display().to_string();
        for name in
            ["disk.raw", "medium.iso", "floppy.img", "block.raw", "nbd.raw", "nvdimm.raw", "pool/volume.raw"]
        {
            let file = fs::File::create(at(name)).expect("a file");
            file.set_len(if name.starts_with("nvdimm") { 128 << 20 } else { 4 << 20 }).expect("its length");
        }
        fs::File::create("/run/portolan-source.raw").and_then(|file| file.set_len(4 << 20)).expect("a file");
        for (name, code) in moments::PROGRAMS {
            let mut sector = code.to_vec();
            sector.resize(510, 0);
            sector.extend([0x55, 0xaa]);
            sector.resize(1 << 20, 0);
            fs::write(format!("/dev/shm/portolan-{name}"), sector).expect("a disk");
        }
        for name in ["disk", "snapshot", "checkpoint"] {
            run("qemu-img", &["create", "-q", "-f", "qcow2", &at(&format!("{name}.qcow2")), "4M"]);
        }
        let backing = at("disk.qcow2");
        run(
            "qemu-img",
            &["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", &backing, &at("overlay.qcow2")],
        );
        for name in ["pull", "commit"] {
            let (base, top) = (at(&format!("{name}-base.qcow2")), at(&format!("{name}.qcow2")));
            run("qemu-img", &["create", "-q", "-f", "qcow2", &base, "64M"]);
            run("qemu-io", &["-c", "write 0 64M", &base]);
            run("qemu-img", &["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", &base, &top]);
            // Enough for a job to last.
            run("qemu-io", &["-c", "write 0 32M", &top]);
        }
        let middle = at("commit.qcow2");
        run(
            "qemu-img",
            &["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", &middle, &at("commit-top.qcow2")],
        );
        let block = run("losetup", &["--find", "--show", &at("block.raw")]);
        let socket = at("nbd.sock");
        let nbd = Command::new("qemu-nbd")
            .args(["--persistent", "--shared=0", "--format=raw", "--socket", &socket, &at("nbd.raw")])
            .spawn()
            .expect("qemu-nbd");
        // Whatever is read of this disk fails.
        let failing = format!(
            "driver=raw,file.driver=blkdebug,file.image.driver=file,file.image.filename={},\
             file.inject-error.0.event=none,file.inject-error.0.iotype=read,file.inject-error.0.errno=5",
            "/dev/shm/portolan-failing.img"
        );
        let failing = Command::new("qemu-nbd")
            .args(["--persistent", "--shared=0", "--socket", &at("failing.sock"), "--image-opts", &failing])
            .spawn()
            .expect("qemu-nbd");
        let stage = Self { folder, servers: [nbd, failing], block, turn };
        stage.define("pool", &stage.pool());
        stage.define("net", "<network><name>portolan-source</name><bridge name='portolan-br'/></network>");
        stage
    }

    fn pool(&self) -> String {
        let path = self.folder.join("pool");
        format!(
            "<pool type='dir'><name>portolan-source</name><target><path>{}</path></target></pool>",
            path.display()
        )
    }

    fn define(&self, what: &str, xml: &str) {
        let file = self.folder.join(format!("{what}.xml"));
        fs::write(&file, xml).expect("written");
        virsh(&[&format!("{what}-define"), &file.display().to_string()]);
        virsh(&[&format!("{what}-start"), "portolan-source"]);
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        for what in ["pool", "net"] {
            virsh(&[&format!("{what}-destroy"), "portolan-source"]);
            virsh(&[&format!("{what}-undefine"), "portolan-source"]);
        }
        for server in &mut self.servers {
            let _ = server.kill();
            let _ = server.wait();
        }
        let _ = Command::new("losetup").args(["--detach", &self.block]).status();
        let _ = fs::remove_dir_all(&self.folder);
        let _ = fs::remove_file("/run/portolan-source.raw");
        for name in ["snap.qcow2", "copy.raw", "panic.img", "suspend.img", "rest.img", "failing.img"] {
            let _ = fs::remove_file(Path::new("/dev/shm").join(format!("portolan-{name}")));
        }
        drop(self.turn.stdin.take());
        let _ = self.turn.wait();
    }
}

/// What libvirt refuses a guest for, if it does, and the guest's documents.
type Judged = (Option<String>, Vec<(String, Vec<u8>)>);

/// What libvirt says of a guest.
enum Said {
    /// It is not defined, does not start, or what is to be done to it fails: no question of moving it.
    NotThere(String),
    /// It runs, and this is what stands against its move.
    Judged { refusal: Option<String>, snapshots: bool, documents: Vec<(String, Vec<u8>)> },
}

/// Defines and starts the guest, asks, dumps its documents, and takes it away.
fn ask(case: &Case, stage: &Stage) -> Said {
    let said = asked(case, stage).unwrap_or_else(Said::NotThere);
    virsh(&["destroy", &case.name]);
    virsh(&["undefine", "--nvram", "--snapshots-metadata", "--checkpoints-metadata", &case.name]);
    said
}

fn asked(case: &Case, stage: &Stage) -> Result<Said, String> {
    let folder = stage.folder.display().to_string();
    let must = |step: &str, arguments: &[&str]| {
        let output = virsh(arguments);
        if output.status.success() { Ok(output.stdout) } else { Err(format!("{step}: {}", told(&output))) }
    };
    let file = format!("{folder}/{}.xml", case.name);
    fs::write(&file, case.xml(&folder, &stage.block)).expect("written");
    must("define", &["define", &file])?;
    must("start", &["start", "--paused", &case.name])?;
    for step in &case.after {
        let named = |word: &&str| word.replace("@/", &format!("{folder}/")).replace('@', &case.name);
        let arguments: Vec<String> = step.iter().map(named).collect();
        must("then", &arguments.iter().map(String::as_str).collect::<Vec<_>>())?;
    }
    await_state(case)?;
    let refusal = told(&virsh(&["migrate", "--live", &case.name, URI]));
    let same = refusal.contains("Attempt to migrate guest to the same host");
    let documents = vec![
        (format!("{}.xml", case.name), must("dump", &["dumpxml", "--inactive", &case.name])?),
        (format!("{}.live.xml", case.name), must("dump", &["dumpxml", &case.name])?),
    ];
    let mut documents = documents;
    documents.extend(beside(&case.name));
    let snapshots = !virsh(&["snapshot-list", &case.name, "--name"]).stdout.trim_ascii().is_empty();
    Ok(Said::Judged { refusal: (!same).then_some(refusal), snapshots, documents })
}

/// Waits until the guest is in the state that its case is about.
fn await_state(case: &Case) -> Result<(), String> {
    for _ in 0..200 {
        let state =
            String::from_utf8_lossy(&printed(&["domstate", "--reason", &case.name])).trim().to_owned();
        if state.contains(case.until) {
            return Ok(());
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    Err(format!("is not {}", case.until))
}

/// What else is collected of a guest that runs.
fn beside(name: &str) -> Vec<(String, Vec<u8>)> {
    let disks = String::from_utf8_lossy(&printed(&["domblklist", name])).into_owned();
    let targets = disks.lines().filter_map(|line| line.split_whitespace().next());
    let jobs =
        targets.map(|target| printed(&["blockjob", name, target, "--raw"])).collect::<Vec<_>>().concat();
    vec![
        (format!("{name}.domstate.txt"), printed(&["domstate", "--reason", name])),
        (format!("{name}.domjobinfo.txt"), printed(&["domjobinfo", name])),
        (format!("{name}.blockjob.txt"), jobs),
    ]
}

/// What every host of the inventory has.
fn host() -> Vec<(String, Vec<u8>)> {
    let mut all = vec![
        ("version.txt".to_owned(), printed(&["version"])),
        ("pools/one.xml".to_owned(), printed(&["pool-dumpxml", "portolan-source"])),
        ("networks/one.xml".to_owned(), printed(&["net-dumpxml", "portolan-source"])),
        ("nodeinfo.txt".to_owned(), printed(&["nodeinfo"])),
        ("cpuinfo.txt".to_owned(), fs::read("/proc/cpuinfo").expect("readable")),
        ("uname.txt".to_owned(), run("uname", &["-a"]).into_bytes()),
    ];
    for virt_type in ["kvm", "qemu"] {
        for machine in ["q35", "pc", "pc-i440fx-2.11", "pc-q35-2.11"] {
            let said = printed(&["domcapabilities", "--virttype", virt_type, "--machine", machine]);
            all.push((format!("domcapabilities/{virt_type}-{machine}.xml"), said));
        }
    }
    all
}

/// The capabilities of this host, and of one like it.
fn capabilities() -> [Vec<u8>; 2] {
    let here = String::from_utf8(printed(&["capabilities"])).expect("text");
    let (from, to) = (here.find("<uuid>").expect("a UUID"), here.find("</uuid>").expect("its end"));
    let there = format!("{}<uuid>11111111-2222-3333-4444-555555555555{}", &here[..from], &here[to..]);
    [here.into_bytes(), there.into_bytes()]
}

/// The frequency of this host's time stamp counter in Hz, as its capabilities tell it.
fn frequency() -> u64 {
    let said = String::from_utf8(printed(&["capabilities"])).expect("text");
    let counter = said.lines().find(|line| line.contains("counter name='tsc'"));
    let value = counter.and_then(|line| line.split("frequency='").nth(1)?.split('\'').next()?.parse().ok());
    value.unwrap_or(2_000_000_000)
}

fn inventory(guests: &BTreeMap<String, Judged>, snapshots: &str) -> Vec<(String, Vec<u8>)> {
    // libvirt takes block devices for shared; so does the inventory.
    let mut files = vec![("cluster.toml".to_owned(), b"[storage]\nshared = [\"/dev\"]\n".to_vec())];
    for (name, capabilities) in ["here", "there"].into_iter().zip(capabilities()) {
        files.push((format!("hosts/{name}/capabilities.xml"), capabilities));
        files.push((format!("hosts/{name}/snapshots.txt"), snapshots.as_bytes().to_vec()));
        files.push((format!("hosts/{name}/mounts.txt"), fs::read("/proc/mounts").expect("readable")));
        files.extend(host().into_iter().map(|(file, text)| (format!("hosts/{name}/{file}"), text)));
    }
    let documents = guests.values().flat_map(|(_, documents)| documents);
    files.extend(documents.map(|(file, text)| (format!("hosts/here/guests/{file}"), text.clone())));
    files
}

#[test]
#[cfg_attr(
    not(has_libvirt),
    ignore = "skipped: changes the machine; set PORTOLAN_REQUIRE=libvirt to run it as root"
)]
fn verdicts_agree_with_the_checks_of_the_source() {
    let stage = Stage::new();
    let cases = cases::all(frequency());
    let ask_all = || cases.par_iter().map(|case| (case.name.clone(), ask(case, &stage))).collect();
    // libvirt and QEMU are waited for more than they work.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(4).build().expect("threads");
    let said: Vec<_> = pool.install(ask_all);
    let (mut judged, mut left, mut listed) = (BTreeMap::new(), Vec::new(), String::new());
    for (name, said) in said {
        match said {
            Said::NotThere(why) => left.push(format!("{name}: {why}")),
            Said::Judged { refusal, snapshots, documents } => {
                judged.insert(name.clone(), (refusal, documents));
                listed.extend(snapshots.then(|| format!("{name}\n")));
            }
        }
    }
    let cluster = ingest::read_files("source", inventory(&judged, &listed));
    assert_eq!(cluster.problems, []);
    let chart = Chart::new(&cluster);
    let there = cluster.hosts.iter().position(|host| host.name == "there").expect("the host");
    let (mut agree, mut unknown, mut wrong) = (0, Vec::new(), Vec::new());
    for (at, guest) in cluster.guests.iter().enumerate() {
        let refusal = &judged[&guest.name].0;
        let answer = chart.assess(at, there).answer(Mode::Live);
        let reasons: Vec<_> = chart
            .findings(at, there)
            .into_iter()
            .filter(|finding| finding.modes.has(Mode::Live) && finding.severity <= Severity::Unknown)
            .map(|finding| format!("{}: {}", finding.rule, finding.message))
            .collect();
        let line = format!(
            "{}: libvirt {}, Portolan {} {reasons:?}",
            guest.name,
            refusal.as_deref().unwrap_or("yes"),
            answer.as_str()
        );
        match (answer, refusal) {
            (Answer::Yes, None) | (Answer::No, Some(_)) => agree += 1,
            (Answer::Unknown, _) => unknown.push(line),
            _ => wrong.push(line),
        }
    }
    for case in cases.iter().filter(|case| !case.tells.is_empty()) {
        let at = cluster.guests.iter().position(|guest| guest.name == case.name).expect("it started");
        let told = chart.findings(at, there).iter().any(|finding| finding.rule == case.tells);
        assert!(told, "{}: nothing is said of {}", case.name, case.tells);
    }
    // What was started a moment ago starts the same way the next time.
    for case in cases.iter().filter(|case| case.after.is_empty()) {
        let Some(at) = cluster.guests.iter().position(|guest| guest.name == case.name) else { continue };
        let changed = chart.findings(at, there).into_iter().find(|one| one.rule == "definition-changed");
        let changed = changed.map(|finding| format!("{}: {}", case.name, finding.message));
        wrong.extend(changed);
    }
    let refused = judged.values().filter(|(refusal, _)| refusal.is_some()).count();
    println!(
        "{agree} of {} verdicts agree ({refused} refused), {} unknown, {} wrong, {} not started",
        judged.len(),
        unknown.len(),
        wrong.len(),
        left.len()
    );
    for (heading, lines) in [("unknown", &unknown), ("wrong", &wrong), ("not started", &left)] {
        for line in lines {
            println!("  {heading}: {line}");
        }
    }
    assert_eq!(wrong.len(), 0);
    assert!(judged.len() >= 200, "{} guests are too few to say much", judged.len());
}
