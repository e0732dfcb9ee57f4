//! Tells the tests what this machine has, so that those that lack it are counted as skipped and not as passed.
//!
//! `has_corpus`: there are corpora of real documents (`PORTOLAN_CORPUS`, or ../shared/corpus). `has_benchmarks`: there are
//! measurements and problems of others (`PORTOLAN_BENCHMARKS`, or ../shared/benchmarks). `has_graphviz`: `dot` runs. `has_packaging`: so do
//! `dpkg-deb`, `jq` and `git`. `has_chromium`: `chromium` runs. `has_axe`: axe-core is there (`PORTOLAN_AXE`, or
//! target/axe-core/axe.min.js). `has_large`: there is a report of a large cluster (target/large/report.html). `has_container`: `buildah` runs, and
//! there is a static binary (target/x86_64-unknown-linux-musl/debug/portolan).
//! `has_libvirt`, `has_lab`: never guessed, for those tests change the machine. What `PORTOLAN_REQUIRE` names counts as there: then a
//! test that lacks it fails.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a build script reads the environment and speaks to cargo by printing"
)]

use std::path::PathBuf;
use std::process::Command;

fn main() {
    let folder = |variable: &str, default: &str| {
        std::env::var_os(variable).map_or_else(|| PathBuf::from(default), PathBuf::from)
    };
    let corpus = folder("PORTOLAN_CORPUS", "../shared/corpus");
    let benchmarks = folder("PORTOLAN_BENCHMARKS", "../shared/benchmarks");
    let required = std::env::var("PORTOLAN_REQUIRE").unwrap_or_default();
    let graphviz = Command::new("dot").arg("-V").output().is_ok();
    let runs = |program| Command::new(program).arg("--version").output().is_ok();
    let packaging = ["dpkg-deb", "jq", "git"].into_iter().all(runs);
    let axe = folder("PORTOLAN_AXE", "target/axe-core/axe.min.js");
    let large = PathBuf::from("target/large/report.html");
    let static_binary = PathBuf::from("target/x86_64-unknown-linux-musl/debug/portolan");
    println!("cargo::rerun-if-changed=build.rs");
    for there in [&corpus, &benchmarks, &axe, &large, &static_binary].into_iter().filter(|path| path.exists())
    {
        // Of a path that is not there cargo would think that it changed at every build.
        println!("cargo::rerun-if-changed={}", there.display());
    }
    println!("cargo::rerun-if-env-changed=PORTOLAN_CORPUS");
    println!("cargo::rerun-if-env-changed=PORTOLAN_BENCHMARKS");
    println!("cargo::rerun-if-env-changed=PORTOLAN_AXE");
    println!("cargo::rerun-if-env-changed=PORTOLAN_REQUIRE");
    let found = [
        ("corpus", corpus.is_dir()),
        ("benchmarks", benchmarks.is_dir()),
        ("graphviz", graphviz),
        ("packaging", packaging),
        ("chromium", runs("chromium")),
        ("axe", axe.is_file()),
        ("large", large.is_file()),
        ("container", static_binary.is_file() && runs("buildah")),
        ("libvirt", false),
        ("lab", false),
    ];
    for (what, there) in found {
        println!("cargo::rustc-check-cfg=cfg(has_{what})");
        if there || required.split(',').any(|one| one == what) {
            println!("cargo::rustc-cfg=has_{what}");
        }
    }
}
