//! From one page to the next, and whether all of them came. Pure: what an answer said goes in, the
//! next query or address comes out.

use std::collections::HashSet;

use reqwest::Url;
use reqwest::header::{HeaderMap, LINK};
use serde_json::Value;

use super::super::profile::path::{JsonPath, text_of};
use super::form::{PagingForm, PagingStyle};

/// Nobody's bill has more pages.
const MOST_PAGES: u64 = 1_000_000;

/// Why paging cannot go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sources) struct Astray {
    pub code: &'static str,
    pub message: String,
    pub remedy: &'static str,
}

fn astray(code: &'static str, message: impl Into<String>, remedy: &'static str) -> Astray {
    Astray { code, message: message.into(), remedy }
}

const TELL: &str = "tell the source's support, or correct [http.paging] in the profile";

/// What one answer told.
pub(in crate::sources) struct Page<'a> {
    /// Where it came from.
    pub url: &'a Url,
    pub headers: &'a HeaderMap,
    /// The whole answer.
    pub document: &'a Value,
    /// How many records were in it.
    pub records: u64,
    /// A digest of the records.
    pub digest: [u8; 32],
}

/// Where the next page is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sources) enum Next {
    /// The same address with these pairs in its query.
    Query(Vec<(String, String)>),
    /// Another address.
    Address(Url),
}

/// The pages of one list.
#[derive(Debug)]
pub(in crate::sources) struct Pager<'a> {
    form: &'a PagingForm,
    read: u64,
    pages: u64,
    /// What the first answer gave as the total.
    total: Option<u64>,
    last: [u8; 32],
    seen: HashSet<String>,
}

impl<'a> Pager<'a> {
    pub(in crate::sources) fn new(form: &'a PagingForm) -> Self {
        Self { form, read: 0, pages: 0, total: None, last: [0; 32], seen: HashSet::new() }
    }

    /// The pairs that the first page is asked with.
    pub(in crate::sources) fn first(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        match self.form.style {
            PagingStyle::Page => {
                pairs.push((self.form.parameter.clone(), self.form.first.to_string()));
            }
            PagingStyle::Offset => pairs.push((self.form.parameter.clone(), "0".into())),
            _ => {}
        }
        self.sized(pairs)
    }

    fn sized(&self, mut pairs: Vec<(String, String)>) -> Vec<(String, String)> {
        if !self.form.size_parameter.is_empty() && self.form.size > 0 {
            pairs.push((self.form.size_parameter.clone(), self.form.size.to_string()));
        }
        pairs
    }

    /// Takes a page; `None` when it was the last one and all records came.
    pub(in crate::sources) fn next(&mut self, page: &Page<'_>) -> Result<Option<Next>, Astray> {
        self.pages += 1;
        if self.pages > 1 && page.records > 0 && page.digest == self.last {
            let message = "two pages that follow each other hold the same records";
            return Err(astray("page-twice", message, TELL));
        }
        if self.pages > MOST_PAGES {
            return Err(astray("page-twice", "the pages have no end", TELL));
        }
        self.last = page.digest;
        self.read += page.records;
        self.hold_total(page)?;
        let next = match self.form.style {
            PagingStyle::None => None,
            PagingStyle::Page | PagingStyle::Offset => self.counted(page)?,
            PagingStyle::NextLink => match self.told(page) {
                Some(target) => Some(self.address(page, &target)?),
                None => None,
            },
            PagingStyle::LinkHeader => match link(page.headers) {
                Some(target) => Some(self.address(page, &target)?),
                None => None,
            },
            PagingStyle::Token => match self.told(page) {
                Some(token) => {
                    self.once(&token)?;
                    Some(Next::Query(self.sized(vec![(self.form.parameter.clone(), token)])))
                }
                None => None,
            },
        };
        if next.is_none()
            && let Some(total) = self.total
            && total != self.read
        {
            return Err(astray(
                "list-incomplete",
                format!("the list has {total} records by its own count, and {} came", self.read),
                "load again; if it stays so, tell the source's support",
            ));
        }
        Ok(next)
    }

    /// The total must be the same on each page: a list that changes while it is read could lose
    /// records between two pages, or give them twice.
    fn hold_total(&mut self, page: &Page<'_>) -> Result<(), Astray> {
        let Some(path) = &self.form.total else { return Ok(()) };
        let Some(total) = number_at(path, page.document) else {
            let message = format!("the answer has no number of records at {path}");
            return Err(astray("no-total", message, TELL));
        };
        match self.total {
            None => self.total = Some(total),
            Some(before) if before != total => {
                return Err(astray(
                    "list-changed",
                    format!("the list had {before} records, and {total} while it was read"),
                    "load again",
                ));
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// Pages that are counted: by their number, by the total, or until one is not full.
    fn counted(&self, page: &Page<'_>) -> Result<Option<Next>, Astray> {
        let more = if let Some(path) = &self.form.pages {
            let Some(pages) = number_at(path, page.document) else {
                let message = format!("the answer has no number of pages at {path}");
                return Err(astray("no-total", message, TELL));
            };
            self.pages < pages
        } else if let Some(total) = self.total {
            self.read < total && page.records > 0
        } else if self.form.size > 0 {
            page.records >= self.form.size
        } else {
            page.records > 0
        };
        if !more {
            return Ok(None);
        }
        let at = match self.form.style {
            PagingStyle::Offset => self.read,
            _ => self.form.first + self.pages,
        };
        Ok(Some(Next::Query(self.sized(vec![(self.form.parameter.clone(), at.to_string())]))))
    }

    fn told(&self, page: &Page<'_>) -> Option<String> {
        let path = JsonPath::new(self.form.next.as_deref().unwrap_or_default());
        let text = path.find(page.document).and_then(text_of)?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn once(&mut self, what: &str) -> Result<(), Astray> {
        if self.seen.insert(what.to_owned()) {
            return Ok(());
        }
        Err(astray("page-twice", "the pages lead in a circle", TELL))
    }

    /// The address that was given; another host is refused, because the secret goes with it.
    fn address(&mut self, page: &Page<'_>, target: &str) -> Result<Next, Astray> {
        self.seen.insert(page.url.to_string());
        match page.url.join(target) {
            Ok(url) if url.origin() == page.url.origin() => {
                self.once(url.as_str())?;
                Ok(Next::Address(url))
            }
            _ => Err(astray(
                "foreign-page",
                "the next page is at another host, which must not see the secret",
                "check source.location, or tell the source's support",
            )),
        }
    }
}

fn number_at(path: &str, document: &Value) -> Option<u64> {
    text_of(JsonPath::new(path).find(document)?)?.trim().parse().ok()
}

/// The target of `rel="next"`.
pub(in crate::sources) fn link(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(LINK);
    let texts = values.iter().filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(',')).find_map(|link| {
        let mut parts = link.split(';').map(str::trim);
        let target = parts.next()?.strip_prefix('<')?.strip_suffix('>')?;
        let next = parts.any(|p| {
            p.split_once('=').is_some_and(|(k, v)| {
                k.trim().eq_ignore_ascii_case("rel")
                    && v.trim().trim_matches('"').eq_ignore_ascii_case("next")
            })
        });
        next.then(|| target.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn form(style: PagingStyle) -> PagingForm {
        PagingForm { style, parameter: "p".into(), ..PagingForm::default() }
    }

    struct Told {
        url: Url,
        headers: HeaderMap,
        document: Value,
        records: u64,
        digest: u8,
    }

    fn told(document: Value, records: u64, digest: u8) -> Told {
        let url = Url::parse("https://api.test/v1/list?p=0").unwrap();
        Told { url, headers: HeaderMap::new(), document, records, digest }
    }

    fn next(pager: &mut Pager<'_>, t: &Told) -> Result<Option<Next>, Astray> {
        pager.next(&Page {
            url: &t.url,
            headers: &t.headers,
            document: &t.document,
            records: t.records,
            digest: [t.digest; 32],
        })
    }

    fn query(parameter: &str, at: &str) -> Option<Next> {
        Some(Next::Query(vec![(parameter.into(), at.into())]))
    }

    #[test]
    fn numbered_pages_go_on_until_they_are_all_there() {
        let mut f = form(PagingStyle::Page);
        (f.pages, f.total) = (Some("page.totalPages".into()), Some("page.totalElements".into()));
        let mut pager = Pager::new(&f);
        let document = |total: u64| json!({"page": {"totalPages": 2, "totalElements": total}});
        assert_eq!(pager.first(), [("p".to_owned(), "0".to_owned())]);
        assert_eq!(next(&mut pager, &told(document(3), 2, 1)).unwrap(), query("p", "1"));
        assert_eq!(next(&mut pager, &told(document(3), 1, 2)).unwrap(), None);

        let mut pager = Pager::new(&f);
        next(&mut pager, &told(document(3), 2, 1)).unwrap();
        let changed = next(&mut pager, &told(document(4), 1, 2)).unwrap_err();
        assert_eq!(changed.code, "list-changed");

        let mut pager = Pager::new(&f);
        next(&mut pager, &told(document(5), 2, 1)).unwrap();
        let short = next(&mut pager, &told(document(5), 1, 2)).unwrap_err();
        assert_eq!(short.code, "list-incomplete");
        let nothing = next(&mut Pager::new(&f), &told(json!({}), 2, 1)).unwrap_err();
        assert_eq!(nothing.code, "no-total");
    }

    #[test]
    fn without_a_count_a_page_that_is_not_full_is_the_last() {
        let mut f = form(PagingStyle::Page);
        (f.size, f.size_parameter, f.first) = (2, "n".into(), 1);
        let mut pager = Pager::new(&f);
        let size = || ("n".to_owned(), "2".to_owned());
        assert_eq!(pager.first(), [("p".to_owned(), "1".to_owned()), size()]);
        let second = Next::Query(vec![("p".into(), "2".into()), size()]);
        assert_eq!(next(&mut pager, &told(json!([]), 2, 1)).unwrap(), Some(second));
        assert_eq!(next(&mut pager, &told(json!([]), 1, 2)).unwrap(), None);
    }

    #[test]
    fn offsets_count_records() {
        let f = PagingForm { total: Some("n".into()), ..form(PagingStyle::Offset) };
        let mut pager = Pager::new(&f);
        assert_eq!(next(&mut pager, &told(json!({"n": 5}), 3, 1)).unwrap(), query("p", "3"));
        assert_eq!(next(&mut pager, &told(json!({"n": 5}), 2, 2)).unwrap(), None);
    }

    #[test]
    fn links_and_tokens_are_followed_once_and_never_to_another_host() {
        let f = PagingForm { next: Some("next".into()), ..form(PagingStyle::NextLink) };
        let mut pager = Pager::new(&f);
        let page = told(json!({"next": "/v1/list?p=9"}), 1, 1);
        let Some(Next::Address(url)) = next(&mut pager, &page).unwrap() else { panic!("no link") };
        assert_eq!(url.as_str(), "https://api.test/v1/list?p=9");
        let again = told(json!({"next": "/v1/list?p=9"}), 1, 2);
        assert_eq!(next(&mut pager, &again).unwrap_err().code, "page-twice");
        let back = told(json!({"next": "?p=0"}), 1, 3);
        assert_eq!(next(&mut Pager::new(&f), &back).unwrap_err().code, "page-twice");
        let away = told(json!({"next": "https://evil.test/v1"}), 1, 1);
        assert_eq!(next(&mut Pager::new(&f), &away).unwrap_err().code, "foreign-page");
        assert_eq!(next(&mut Pager::new(&f), &told(json!({"next": null}), 1, 1)).unwrap(), None);

        let f = PagingForm { next: Some("next".into()), ..form(PagingStyle::Token) };
        let mut pager = Pager::new(&f);
        assert_eq!(next(&mut pager, &told(json!({"next": "t1"}), 1, 1)).unwrap(), query("p", "t1"));
        let circle = next(&mut pager, &told(json!({"next": "t1"}), 1, 2)).unwrap_err();
        assert_eq!(circle.code, "page-twice");

        let f = form(PagingStyle::LinkHeader);
        let mut page = told(json!([]), 1, 1);
        page.headers.insert(LINK, "</a>; rel=\"prev\", <?p=2>; rel=next".parse().unwrap());
        let Some(Next::Address(url)) = next(&mut Pager::new(&f), &page).unwrap() else {
            panic!("no link")
        };
        assert_eq!(url.query(), Some("p=2"));
    }

    #[test]
    fn the_same_page_twice_is_no_next_page() {
        let f = PagingForm { size: 1, ..form(PagingStyle::Page) };
        let mut pager = Pager::new(&f);
        next(&mut pager, &told(json!([]), 1, 1)).unwrap();
        assert_eq!(next(&mut pager, &told(json!([]), 1, 1)).unwrap_err().code, "page-twice");
    }
}
