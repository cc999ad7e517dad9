//! Brands that their maker renamed or abbreviates: public facts that no likeness of spelling can
//! find. Only names of the same thing stand here; "Office 365" and "Microsoft 365" are different
//! offers and do not.

use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::RandomState;

use super::Kind;
use super::words::{Word, words};

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
    ("power virtual agents", "copilot studio"),
    ("power virtual agent", "copilot studio"),
    ("virtual agent", "copilot studio"),
    ("common data service", "dataverse"),
    ("cds", "dataverse"),
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
    ("common area phone", "teams shared devices"),
    ("mcocap", "teams shared devices"),
    ("phone system virtual user", "teams phone resource account"),
    ("phonesystem virtualuser", "teams phone resource account"),
    ("microsoft 365 phone system virtual user", "microsoft teams phone resource account"),
    ("microsoft 365 phone system", "microsoft teams phone standard"),
    ("power apps per user plan", "power apps premium"),
    ("powerapps per user", "power apps premium"),
    ("power automate per user with attended rpa plan", "power automate premium"),
    ("powerautomate attended rpa", "power automate premium"),
    ("power bi free", "fabric free"),
    ("power bi standard", "fabric free"),
    ("project plan 1", "planner plan 1"),
    ("project plan 3", "planner and project plan 3"),
    ("project plan 5", "planner and project plan 5"),
    ("pbi", "power bi"),
    ("emspremium", "enterprise mobility and security e5"),
    ("atp enterprise", "defender for office 365 plan 1"),
    ("threat intelligence", "defender for office 365 plan 2"),
    ("officesubscription", "microsoft 365 apps for enterprise"),
    ("o365 business premium", "microsoft 365 business standard"),
    ("o365 business essentials", "microsoft 365 business basic"),
    ("o365 business", "microsoft 365 apps for business"),
    ("office 365 business", "microsoft 365 apps for business"),
    ("office 365 proplus", "microsoft 365 apps for enterprise"),
    ("cpc e", "windows 365 enterprise"),
    ("cpc b", "windows 365 business"),
    ("cpc", "windows 365"),
    ("windows 365 s", "windows 365 shared use"),
    ("flw", "firstline workers"),
    ("iw", "information workers"),
    ("rpa1", "unattended license"),
    ("stuusebnft", "students use benefit"),
    ("usl", "user license"),
    ("nopstnconf", "without audio conferencing"),
    ("directrouting", "without calling plan"),
    ("mcoimp", "skype for business online plan 1"),
    ("mcostandard", "skype for business online plan 2"),
    ("mcopstn1", "pstn domestic calling"),
    ("mcopstn2", "pstn domestic and international calling"),
    ("mcopstnc", "communications credits"),
    ("meeting room", "teams rooms standard"),
    ("mtr", "teams rooms"),
    ("scm", "supply chain management"),
    ("exo", "exchange online"),
    ("spo", "sharepoint online"),
    ("g suite", "google workspace"),
    ("gsuite", "google workspace"),
    ("office 365 enterprise", "office 365"),
    ("microsoft cloud for", "cloud for"),
    ("eop enterprise", "exchange online protection"),
    ("crm online", "dynamics crm online"),
    ("m365edu", "microsoft 365"),
    ("buscentral", "business central"),
];

/// Phrases by their first word, longest first.
type Phrases = HashMap<Box<[u8]>, Vec<(Vec<Word>, Vec<Word>)>, RandomState>;

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    let mut all = Phrases::default();
    for (old, new) in RENAMED {
        let (old, new) = (words(Kind::Offer, old), words(Kind::Offer, new));
        if let Some(first) = old.first() {
            all.entry(first.text.clone()).or_default().push((old, new));
        }
    }
    for phrases in all.values_mut() {
        phrases.sort_by_key(|(old, _)| std::cmp::Reverse(old.len()));
    }
    all
});

/// The words with renamed brands under their newest name.
pub(super) fn newest(words: Vec<Word>) -> Vec<Word> {
    let mut out: Vec<Word> = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        let known = PHRASES.get(&words[at].text).and_then(|all| {
            all.iter().find(|(old, _)| {
                words[at..].len() >= old.len()
                    && old.iter().zip(&words[at..]).all(|(a, b)| a.text == b.text)
            })
        });
        match known {
            Some((old, new)) => {
                out.extend(new.iter().cloned());
                at += old.len();
            }
            None => {
                out.push(words[at].clone());
                at += 1;
            }
        }
    }
    out
}
