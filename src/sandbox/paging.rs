//! Pages and their `Link` headers (RFC 5988).

use super::refusal::Refusal;

/// The page size when a client names none.
const DEFAULT_SIZE: usize = 25;

/// Which page a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    /// From 1.
    Number(usize),
    /// Records with a number above this one.
    After(i64),
}

/// Page and size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Paging {
    pub page: Page,
    pub size: usize,
}

impl Paging {
    /// Reads `page`, `pageSize` and `pageId`. Sizes above the cap are cut to it.
    pub(super) fn read(
        query: &[(String, String)],
        forward_only: bool,
        cap: usize,
    ) -> Result<Self, Refusal> {
        let number = |name: &str| -> Result<Option<i64>, Refusal> {
            match query.iter().find(|(k, _)| k.eq_ignore_ascii_case(name)) {
                None => Ok(None),
                Some((_, v)) => v
                    .parse()
                    .map(Some)
                    .map_err(|_| Refusal::query(format!("{name} must be a whole number."))),
            }
        };
        let size = match number("pageSize")? {
            None => DEFAULT_SIZE,
            Some(n) if n >= 1 => usize::try_from(n).unwrap_or(cap),
            Some(_) => return Err(Refusal::query("pageSize must be at least 1.")),
        }
        .min(cap);
        let page_id = number("pageId")?;
        let page = match (forward_only || page_id.is_some(), number("page")?) {
            (true, _) => Page::After(page_id.unwrap_or(0)),
            (false, None) => Page::Number(1),
            (false, Some(n)) if n >= 1 => Page::Number(usize::try_from(n).unwrap_or(usize::MAX)),
            (false, Some(_)) => return Err(Refusal::query("page must be at least 1.")),
        };
        Ok(Self { page, size })
    }
}

/// The request's address, from which `Link` targets are made.
#[derive(Debug, Clone)]
pub(super) struct Address {
    /// `http://host:port/path`
    pub base: String,
    pub query: Vec<(String, String)>,
}

impl Address {
    fn with(&self, changes: &[(&str, String)]) -> String {
        let mut q = url::form_urlencoded::Serializer::new(String::new());
        for (k, v) in &self.query {
            if !["page", "pageId"].iter().any(|n| n.eq_ignore_ascii_case(k)) {
                q.append_pair(k, v);
            }
        }
        for (k, v) in changes {
            q.append_pair(k, v);
        }
        format!("{}?{}", self.base, q.finish())
    }

    /// `Link` of an ordinary page; empty when everything fits on one.
    pub(super) fn numbered(&self, page: usize, size: usize, total: usize) -> String {
        let last = total.div_ceil(size).max(1);
        let mut links = Vec::new();
        let mut add = |page: usize, rel: &str| {
            links.push(format!("<{}>; rel=\"{rel}\"", self.with(&[("page", page.to_string())])));
        };
        if page < last {
            add(page + 1, "next");
            add(last, "last");
        }
        if page > 1 {
            add(1, "first");
            add((page - 1).min(last), "prev");
        }
        links.join(", ")
    }

    /// `Link` of a forward-only page.
    pub(super) fn forward(&self, last_id: i64) -> String {
        format!("<{}>; rel=\"next\"", self.with(&[("pageId", last_id.to_string())]))
    }
}
