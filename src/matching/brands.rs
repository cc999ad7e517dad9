//! Brands that their maker renamed or abbreviates: public facts that no likeness of spelling can
//! find. Only names of the same thing stand here; "Office 365" and "Microsoft 365" are different
//! offers and do not.

use std::borrow::Cow;

/// (old or short name, newest name), lower case. Longer ones stand before those that they contain.
const RENAMED: &[(&str, &str)] = &[
    ("azure active directory", "entra id"),
    ("azure ad", "entra id"),
    ("aad", "entra id"),
    ("azure information protection", "purview information protection"),
    ("advanced ediscovery", "purview ediscovery"),
    ("azure advanced threat protection", "defender for identity"),
    ("azure atp", "defender for identity"),
    ("microsoft cloud app security", "defender for cloud apps"),
    ("cloud app security", "defender for cloud apps"),
    ("office 365 advanced threat protection", "defender for office 365"),
    ("windows defender advanced threat protection", "defender for endpoint"),
    ("microsoft defender advanced threat protection", "defender for endpoint"),
    ("windows defender atp", "defender for endpoint"),
    ("win def atp", "defender for endpoint"),
    ("wdatp", "defender for endpoint"),
    ("mdatp", "defender for endpoint"),
    ("mde", "defender for endpoint"),
    ("mcas", "defender for cloud apps"),
    ("atp enterprise", "defender for office 365"),
    ("threat intelligence", "defender for office 365"),
    ("power virtual agents", "copilot studio"),
    ("power virtual agent", "copilot studio"),
    ("virtual agent", "copilot studio"),
    ("common data service", "dataverse"),
    ("cds", "dataverse"),
    ("ai builder", "ai builder"),
    ("microsoft flow", "power automate"),
    ("flow", "power automate"),
    ("powerflow", "power automate"),
    ("powerapps", "power apps"),
    ("powerautomate", "power automate"),
    ("microsoft stream", "stream"),
    ("yammer", "viva engage"),
    ("workplace analytics", "viva insights"),
    ("microsoft myanalytics", "viva insights"),
    ("enterprise mobility + security", "enterprise mobility and security"),
    ("ems", "enterprise mobility and security"),
    ("rms", "rights management"),
    ("o365", "office 365"),
    ("m365", "microsoft 365"),
    ("spb", "microsoft 365 business premium"),
    ("spe", "microsoft 365"),
    ("spza", "app connect"),
    ("mcomeetadv", "audio conferencing"),
    ("mcoev", "teams phone"),
    ("phone system", "teams phone"),
    ("teamspremium", "teams premium"),
    ("skype for business", "skype for business"),
    ("business voice", "teams phone with calling plan"),
    ("dyn365", "dynamics 365"),
    ("d365", "dynamics 365"),
    ("crmstorage", "dynamics crm online additional database storage"),
    ("projectprofessional", "project plan 3"),
    ("projectpremium", "project plan 5"),
    ("projectessentials", "project online essentials"),
    ("visioclient", "visio plan 2"),
    ("visioonline", "visio online"),
    ("exchangestandard", "exchange online plan 1"),
    ("exchangeenterprise", "exchange online plan 2"),
    ("exchangedeskless", "exchange online kiosk"),
    ("exchangearchive", "exchange online archiving"),
    ("sharepointstandard", "sharepoint online plan 1"),
    ("sharepointenterprise", "sharepoint online plan 2"),
    ("standardpack", "office 365 e1"),
    ("enterprisepack", "office 365 e3"),
    ("enterprisepremium", "office 365 e5"),
    ("enterprisewithscal", "office 365 e4"),
    ("deskless", "frontline f3"),
    ("fac", "faculty"),
    ("stu", "students"),
    ("gov", "government"),
    ("usgov", "government"),
    ("viral", "trial"),
    ("win10", "windows 10"),
    ("ent", "enterprise"),
    ("adv", "advanced"),
    ("std", "standard"),
    ("prem", "premium"),
    ("sub", "subscription"),
    ("svc", "service"),
    ("intune a", "intune"),
];

/// The name with renamed brands under their newest name.
pub(super) fn newest(name: &str) -> Cow<'_, str> {
    let mut text: Option<String> = None;
    for (old, new) in RENAMED {
        let current = text.as_deref().unwrap_or(name);
        if let Some(changed) = replace_words(current, old, new) {
            text = Some(changed);
        }
    }
    text.map_or(Cow::Borrowed(name), Cow::Owned)
}

/// Replaces whole words, whatever their case; `None` when there is nothing to replace.
fn replace_words(text: &str, old: &str, new: &str) -> Option<String> {
    if text.len() < old.len() {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let inside = |at: Option<char>| at.is_some_and(char::is_alphanumeric);
    let mut out = String::new();
    let mut kept = 0;
    for (at, _) in lower.match_indices(old) {
        let end = at + old.len();
        if inside(lower[..at].chars().next_back()) || inside(lower[end..].chars().next()) {
            continue;
        }
        out.push_str(&text[kept..at]);
        out.push_str(new);
        kept = end;
    }
    (kept > 0).then(|| {
        out.push_str(&text[kept..]);
        out
    })
}
