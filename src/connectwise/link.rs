//! The `Link` header (RFC 5988), of which only the query of `next` is used: its target can name
//! another host than the one that was called (connectwise-api.md 4.4).

/// The query part of the link with `rel="next"`.
pub(super) fn next(header: &str) -> Option<String> {
    let mut rest = header;
    while let Some(start) = rest.find('<') {
        let after = &rest[start + 1..];
        let end = after.find('>')?;
        let target = &after[..end];
        let tail = &after[end + 1..];
        // Parameters run to the next target; a comma within a target stands in angle brackets.
        let until = tail.find('<').unwrap_or(tail.len());
        if tail[..until].split([';', ',']).any(is_next) {
            return target
                .split_once('?')
                .map(|(_, q)| q.split('#').next().unwrap_or(q).to_owned());
        }
        rest = &tail[until..];
    }
    None
}

fn is_next(parameter: &str) -> bool {
    parameter.split_once('=').is_some_and(|(name, value)| {
        name.trim().eq_ignore_ascii_case("rel")
            && value
                .trim()
                .trim_matches('"')
                .split_ascii_whitespace()
                .any(|rel| rel.eq_ignore_ascii_case("next"))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::next;

    #[test]
    fn next_is_found_wherever_it_stands() {
        for (header, query) in [
            ("<https://h/x?page=2&pageSize=10>; rel=\"next\"", Some("page=2&pageSize=10")),
            (
                "<https://h/x?page=9>; rel=\"last\", <https://h/x?page=2>; rel=\"next\"",
                Some("page=2"),
            ),
            ("<https://other/x?pageId=12>; rel=next", Some("pageId=12")),
            (
                "<https://h/x?c=id%20in%20(1,2)&page=3>; title=\"a\"; REL=\"prev next\"",
                Some("c=id%20in%20(1,2)&page=3"),
            ),
            (
                "<https://h/x?a=b,c&page=3>;rel=\"next\",<https://h/x?page=1>;rel=\"first\"",
                Some("a=b,c&page=3"),
            ),
            ("<https://h/x?page=1>; rel=\"prev\"", None),
            ("<https://h/x>; rel=\"next\"", None),
            ("<https://h/x?page=2", None),
            ("", None),
            ("rel=\"next\"", None),
        ] {
            assert_eq!(next(header).as_deref(), query, "{header}");
        }
    }

    proptest! {
        #[test]
        fn no_header_breaks_it(header in any::<String>()) {
            let _ = next(&header);
        }
    }
}
