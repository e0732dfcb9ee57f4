//! Elements in running text, which Markdown would take for its own.

/// The page with every `<element>` of its running text as code. What is code already stays.
pub(super) fn tags_as_code(page: &str) -> String {
    let mut out = String::with_capacity(page.len());
    for line in page.split_inclusive('\n') {
        if line.starts_with("    ") {
            out.push_str(line);
            continue;
        }
        // Between backticks every other part is code.
        for (at, part) in line.split('`').enumerate() {
            if at > 0 {
                out.push('`');
            }
            if at % 2 == 0 { tagged(&mut out, part) } else { out.push_str(part) }
        }
    }
    out
}

fn tagged(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let (tags, after) = from.split_at(tags(from));
        if tags.is_empty() {
            out.push('<');
            rest = from.strip_prefix('<').unwrap_or_default();
        } else {
            out.extend(["`", tags, "`"]);
            rest = after;
        }
    }
    out.push_str(rest);
}

/// How many bytes of elements, one right after another, the text begins with.
fn tags(text: &str) -> usize {
    let mut length = 0;
    while let Some(inner) = text.get(length..).and_then(|rest| rest.strip_prefix('<')) {
        let is_tag = inner.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        match inner.find('>').filter(|_| is_tag) {
            Some(end) => length += end + 2,
            None => break,
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_in_text_become_code_and_code_stays() {
        let page = "<a><b/> or an <emulator> or `<cpu>`, 1 < 2, <a b='c'/>\n    <kernel>x</kernel>\n";
        let expected =
            "`<a><b/>` or an `<emulator>` or `<cpu>`, 1 < 2, `<a b='c'/>`\n    <kernel>x</kernel>\n";
        assert_eq!(tags_as_code(page), expected);
        assert_eq!(tags_as_code(expected), expected);
    }
}
