//! What a user pastes as the site, and the API's address that follows from it
//! (connectwise-api.md 2.1).

use std::net::IpAddr;

use url::{Host, Url};

use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;

/// The code base that on-premises servers always have and that cloud hosts accept.
pub const DEFAULT_CODE_BASE: &str = "v4_6_release";

/// ConnectWise's own regions by their short names: (what people say, web host).
const REGIONS: [(&str, &str); 6] = [
    ("na", "na.myconnectwise.net"),
    ("eu", "eu.myconnectwise.net"),
    ("au", "au.myconnectwise.net"),
    ("aus", "aus.myconnectwise.net"),
    ("za", "za.myconnectwise.net"),
    ("staging", "staging.connectwisedev.com"),
];

/// Domains whose API hosts carry the prefix `api-`.
const CLOUD: [&str; 2] = [".myconnectwise.net", ".connectwisedev.com"];

/// A ConnectWise site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Where people sign in, without a path.
    web: Url,
    /// Where the API answers; the same host on premises.
    api: Url,
    cloud: bool,
    loopback: bool,
}

impl Site {
    /// Reads what was pasted: a region's short name, a host or an address, with or without scheme,
    /// path and `api-`. Hosts that are not ConnectWise's own are taken as they are.
    ///
    /// # Errors
    /// Nothing was given, it names no host, it holds a password, or it is `http://` to another
    /// machine.
    pub fn parse(pasted: &str) -> Result<Self, Problem> {
        let text = pasted.trim();
        if text.is_empty() {
            return Err(Problem::new(
                ProblemKind::NotSetUp,
                "no-site",
                "the ConnectWise site is not set",
                "set it with `addendum credentials set --site na.myconnectwise.net`",
            ));
        }
        let region = REGIONS.iter().find(|(short, _)| short.eq_ignore_ascii_case(text));
        let text = region.map_or(text, |(_, host)| *host);
        let with_scheme =
            if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let parsed = |address: &str| Url::parse(address).map_err(|e| bad(pasted, &e.to_string()));
        let mut url = parsed(&with_scheme)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(bad("(hidden)", "it holds a user name or password"));
        }
        let Some(host) = url.host() else { return Err(bad(pasted, "it names no host")) };
        let loopback = match &host {
            Host::Domain(d) => *d == "localhost" || d.ends_with(".localhost"),
            Host::Ipv4(a) => IpAddr::V4(*a).is_loopback(),
            Host::Ipv6(a) => IpAddr::V6(*a).is_loopback(),
        };
        let scheme = match url.scheme() {
            "https" if loopback && !text.contains("://") => "http",
            "https" => "https",
            "http" if loopback => "http",
            "http" => return Err(bad(pasted, "http:// is accepted for this machine only")),
            _ => return Err(bad(pasted, "it is no https address")),
        };
        let name = url.host_str().unwrap_or_default().trim_end_matches('.').to_owned();
        let cloud = CLOUD.iter().any(|d| name.ends_with(d));
        let bare = name.strip_prefix("api-").filter(|_| cloud).unwrap_or(&name);
        if url.scheme() != scheme {
            // Read anew: the port of the other scheme would have been left out.
            url = parsed(&format!("{scheme}://{text}"))?;
        }
        url.set_path("");
        url.set_query(None);
        url.set_fragment(None);
        let at = |host: &str| -> Result<Url, Problem> {
            let mut url = url.clone();
            if url.host_str() != Some(host) {
                url.set_host(Some(host)).map_err(|_| bad(pasted, "it names no host"))?;
            }
            Ok(url)
        };
        let web = at(bare)?;
        let api = if cloud { at(&format!("api-{bare}"))? } else { web.clone() };
        Ok(Self { web, api, cloud, loopback })
    }

    /// The API's base address for a code base such as `v2026_1/`, without a slash at its end.
    pub fn base(&self, code_base: &str) -> Url {
        let mut base = self.api.clone();
        base.set_path(&format!("/{}/apis/3.0", code_base.trim_matches('/')));
        base
    }

    /// Addresses of `companyinfo`, the likeliest first.
    pub fn company_info(&self, company: &str) -> Vec<Url> {
        let mut asked = vec![self.web.clone()];
        if self.api != self.web {
            asked.push(self.api.clone());
        }
        for url in &mut asked {
            if let Ok(mut path) = url.path_segments_mut() {
                path.extend(["login", "companyinfo", company]);
            }
        }
        asked
    }

    /// One of ConnectWise's own hosts, whose code base moves with upgrades.
    pub fn is_cloud(&self) -> bool {
        self.cloud
    }

    /// This machine.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// The API's host, with its port where it has one.
    pub fn api_host(&self) -> &str {
        self.api.authority()
    }
}

/// A code base as a plain path segment; anything else is not used.
pub fn code_base(text: &str) -> Option<String> {
    let text = text.trim().trim_matches('/');
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let fits = !text.is_empty() && text.len() <= 64 && !text.contains("..");
    (fits && text.chars().all(plain)).then(|| text.to_owned())
}

fn bad(pasted: &str, why: &str) -> Problem {
    Problem::new(
        ProblemKind::Refused,
        "bad-site",
        format!("the ConnectWise site \u{201c}{}\u{201d} cannot be used: {why}", harmless(pasted)),
        "set connectwise.site to the host where you sign in, such as na.myconnectwise.net",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_paste_becomes_the_api_base() {
        let end = "/v4_6_release/apis/3.0";
        for (pasted, base) in [
            ("na", "https://api-na.myconnectwise.net"),
            ("na.myconnectwise.net", "https://api-na.myconnectwise.net"),
            (" https://na.myconnectwise.net/ ", "https://api-na.myconnectwise.net"),
            ("api-na.myconnectwise.net", "https://api-na.myconnectwise.net"),
            (
                "https://EU.MyConnectWise.net/v2026_1/ConnectWise.aspx?locale=en#x",
                "https://api-eu.myconnectwise.net",
            ),
            ("au.myconnectwise.net/v4_6_release/apis/3.0", "https://api-au.myconnectwise.net"),
            ("aus.myconnectwise.net", "https://api-aus.myconnectwise.net"),
            ("za.myconnectwise.net.", "https://api-za.myconnectwise.net"),
            ("staging.connectwisedev.com", "https://api-staging.connectwisedev.com"),
            ("api-staging.connectwisedev.com", "https://api-staging.connectwisedev.com"),
            ("connect.example.com", "https://connect.example.com"),
            ("https://psa.example.com:8443/login", "https://psa.example.com:8443"),
            ("https://psa.example.com:443", "https://psa.example.com"),
            ("api-psa.example.com", "https://api-psa.example.com"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("localhost:3000/x", "http://localhost:3000"),
            ("http://[::1]:9000", "http://[::1]:9000"),
            ("https://localhost:3000", "https://localhost:3000"),
            ("localhost:443", "http://localhost:443"),
            ("localhost:80", "http://localhost"),
        ] {
            let site = Site::parse(pasted).unwrap_or_else(|e| panic!("{pasted}: {e}"));
            assert_eq!(site.base(DEFAULT_CODE_BASE).as_str(), format!("{base}{end}"), "{pasted}");
        }
    }

    #[test]
    fn what_cannot_be_a_site_is_refused() {
        for (pasted, code) in [
            ("", "no-site"),
            ("   ", "no-site"),
            ("http://na.myconnectwise.net", "bad-site"),
            ("http://psa.example.com", "bad-site"),
            ("http://10.0.0.1", "bad-site"),
            ("ftp://psa.example.com", "bad-site"),
            ("https://", "bad-site"),
            ("a b", "bad-site"),
        ] {
            assert_eq!(Site::parse(pasted).unwrap_err().code, code, "{pasted}");
        }
        let told = Site::parse("https://user:hunter2@psa.example.com").unwrap_err().to_string();
        assert!(!told.contains("hunter2"), "{told}");
    }

    #[test]
    fn company_info_is_asked_at_the_web_host_first() {
        let urls = Site::parse("api-na.myconnectwise.net").unwrap().company_info("a b/c");
        let urls: Vec<&str> = urls.iter().map(Url::as_str).collect();
        assert_eq!(
            urls,
            [
                "https://na.myconnectwise.net/login/companyinfo/a%20b%2Fc",
                "https://api-na.myconnectwise.net/login/companyinfo/a%20b%2Fc"
            ]
        );
        assert_eq!(Site::parse("psa.example.com").unwrap().company_info("x").len(), 1);
    }

    #[test]
    fn a_code_base_is_one_plain_segment() {
        assert_eq!(code_base("v2026_1/").as_deref(), Some("v2026_1"));
        for bad in ["", "/", "../x", "a/b", "v1?x", "http://evil", "v..1"] {
            assert_eq!(code_base(bad), None, "{bad}");
        }
    }
}
