//! `ip address` (iproute2 6.1; with -d in a sosreport): the interfaces of a host, bridges among them, and its addresses.

use crate::text::{SourceId, Span, lines};

use super::saying::{Saying, known};

/// Reads one document.
pub(super) fn read(source: SourceId, text: &str) -> Saying {
    let (mut interfaces, mut addresses) = (Vec::new(), Vec::new());
    for line in lines(text) {
        let mut words = line.text.split_whitespace();
        match (words.next(), words.next()) {
            (Some("inet" | "inet6"), Some(address)) => {
                let address = address.split('/').next().unwrap_or(address);
                addresses.push(known(source, line.span(), address.to_owned()));
            }
            (Some(index), Some(name)) if is_index(index) => {
                let name = name.trim_end_matches(':').split('@').next().unwrap_or(name);
                interfaces.push(known(source, line.span(), name.to_owned()));
            }
            _ => {}
        }
    }
    let whole = Span::new(0, text.len());
    // A host without interfaces is none: something else was printed.
    let told = !interfaces.is_empty();
    Saying {
        interfaces: told.then(|| known(source, whole, interfaces)),
        addresses: told.then(|| known(source, whole, addresses)),
        ..Saying::default()
    }
}

/// `2:`
fn is_index(word: &str) -> bool {
    word.strip_suffix(':').is_some_and(|number| number.parse::<u32>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use proptest::prelude::*;

    /// Made up, as iproute2 6.1 prints it.
    const MADE_UP: &str = "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000\n    \
        link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n    inet 127.0.0.1/8 scope host lo\n    \
        inet6 ::1/128 scope host \n2: eth0@if7: <BROADCAST> mtu 1500 qdisc noqueue state UP\n    \
        inet 192.0.2.17/24 brd 192.0.2.255 scope global eth0\n3: br-prod: <BROADCAST> mtu 1500 qdisc noqueue state UP\n";

    #[test]
    fn interfaces_and_addresses_are_told_apart() {
        let said = read(source(), MADE_UP);
        let names = |list: Option<crate::model::Known<Vec<crate::model::Known<String>>>>| {
            list.expect("told").value.into_iter().map(|known| known.value).collect::<Vec<_>>()
        };
        assert_eq!(names(said.interfaces), ["lo", "eth0", "br-prod"]);
        assert_eq!(names(said.addresses), ["127.0.0.1", "::1", "192.0.2.17"]);
        assert!(read(source(), "ip: command not found\n").addresses.is_none());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(MADE_UP)) {
            let _ = read(source(), &text);
        }
    }
}
