//! `/company/companies`

use serde::Deserialize;

use super::lenient;
use super::reference::Reference;
use crate::connectwise::paging::Record;
use crate::domain::psa::Company;

/// What is asked for.
pub(in crate::connectwise) const FIELDS: &str =
    "id,identifier,name,status,deletedFlag,defaultContact,website,city";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::connectwise) struct CompanyRecord {
    id: i64,
    #[serde(default, deserialize_with = "lenient::text")]
    identifier: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    name: Option<String>,
    status: Option<Reference>,
    #[serde(default, deserialize_with = "lenient::flag")]
    deleted_flag: bool,
    default_contact: Option<Reference>,
    #[serde(default, deserialize_with = "lenient::text")]
    website: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    city: Option<String>,
}

impl Record for CompanyRecord {
    fn id(&self) -> i64 {
        self.id
    }
}

impl From<CompanyRecord> for Company {
    fn from(r: CompanyRecord) -> Self {
        let identifier = r.identifier.unwrap_or_default();
        Self {
            id: r.id,
            name: r.name.unwrap_or_else(|| identifier.clone()),
            identifier,
            status: r.status.and_then(|s| s.name).unwrap_or_default(),
            deleted: r.deleted_flag,
            contact: r.default_contact.and_then(Reference::named),
            domain: r.website.as_deref().and_then(domain_of),
            city: r.city,
        }
    }
}

/// The domain of a web site, as people type it: scheme, `www.`, port and path left out.
fn domain_of(site: &str) -> Option<String> {
    let site = site.trim().to_lowercase();
    let rest = site.split_once("://").map_or(site.as_str(), |(_, r)| r);
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host).trim_end_matches('.');
    let fits = host.contains('.') && !host.contains(char::is_whitespace);
    fits.then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_becomes_a_company_whatever_is_missing() {
        let json = r#"{"id":7,"identifier":"Acme","name":"Acme Ltd","status":{"id":1,"name":"Active","_info":{}},
            "deletedFlag":null,"defaultContact":{"id":3,"name":"Ann"},"website":"https://www.Acme.co.uk/x","surprise":[1.5]}"#;
        let company: Company = serde_json::from_str::<CompanyRecord>(json).unwrap().into();
        assert_eq!(
            (company.id, company.name.as_str(), company.status.as_str()),
            (7, "Acme Ltd", "Active")
        );
        assert!(!company.deleted);
        assert_eq!(company.contact.unwrap().name, "Ann");
        assert_eq!(company.domain.as_deref(), Some("acme.co.uk"));
        let bare: Company = serde_json::from_str::<CompanyRecord>(r#"{"id":8}"#).unwrap().into();
        assert_eq!((bare.name.as_str(), bare.contact, bare.city), ("", None, None));
        assert!(serde_json::from_str::<CompanyRecord>("{}").is_err());
    }

    #[test]
    fn domains_are_found_in_what_people_type() {
        for (site, domain) in [
            ("acme.com", Some("acme.com")),
            ("http://www.acme.com:80/a?b", Some("acme.com")),
            ("info@acme.com", Some("acme.com")),
            ("none", None),
            ("see notes. ask Bob", None),
        ] {
            assert_eq!(domain_of(site).as_deref(), domain, "{site}");
        }
    }
}
