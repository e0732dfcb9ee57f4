//! Documents of the whole cluster.

use super::Document;
use super::groups;
use super::wish::Wish;

pub(super) fn documents(wish: &Wish) -> Vec<Document> {
    [("cluster.toml", settings(wish)), ("README.md", read_me(wish))]
        .map(|(path, text)| Document { path: path.to_owned(), text })
        .into()
}

fn settings(wish: &Wish) -> String {
    format!(
        "# Made up by `portolan generate`: none of these hosts and guests exist.\n\n\
         name = \"made-up-{}\"\n\n\
         [network]\nmigration_mbit = 25000\nmove_mbit = 10000\n\n\
         [storage]\nshared = [\"/var/lib/libvirt/images\"]\n\n\
         [limits]\nmoves_per_host = 4\nmemory_reserve = \"4 GiB\"\ncpu_overcommit = 4.0\n{}",
        wish.hosts(),
        groups::written(wish)
    )
}

fn read_me(wish: &Wish) -> String {
    let Wish { arm, grouped, both, seed, .. } = wish;
    format!(
        "# A made-up cluster\n\n\
         Nothing here was collected from real hosts. `portolan generate --hosts {} --guests-per-host {} --fill {} \
         --arm-share {arm} --groups {grouped} --both {both} --seed {seed}` made it, and makes the same again.\n\n\
         The documents have the form in which libvirt's tools print them. Lists of machine types, CPU models and \
         devices are trimmed to what these guests use, `cpuinfo.txt` to the first processor, `dmesg.txt` to what KVM \
         says.\n",
        wish.hosts(),
        wish.guests_per_host(),
        wish.fill(),
    )
}
