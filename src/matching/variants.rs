//! The names within a name: `Contoso Ltd d/b/a Blue Yonder`, `contoso.onmicrosoft.com`.

/// Words between two names of one company, in lower case, with the spaces that must be around them.
const BETWEEN: &[&str] = &[
    " d/b/a ",
    " dba ",
    " d.b.a. ",
    " t/a ",
    " doing business as ",
    " trading as ",
    " operating as ",
    " also known as ",
    " aka ",
    " a/k/a ",
    " formerly known as ",
    " formerly ",
    " previously known as ",
    " previously ",
    " fka ",
    " f/k/a ",
    " f.k.a. ",
    " now known as ",
    " now ",
    " ehemals ",
    " vormals ",
    " anciennement ",
    " antes ",
    " gia ",
    " née ",
    " c/o ",
];

/// Words of a domain behind which nothing of a name stands.
const TOP_LEVEL: &[&str] = &[
    "com",
    "net",
    "org",
    "edu",
    "gov",
    "mil",
    "int",
    "info",
    "biz",
    "io",
    "co",
    "ai",
    "app",
    "dev",
    "cloud",
    "tech",
    "online",
    "site",
    "eu",
    "ac",
    "or",
    "ne",
    "go",
    "asso",
    "gob",
    "gouv",
    "example",
    "local",
    "test",
    "onmicrosoft",
    "group",
    "agency",
    "shop",
    "store",
    "law",
    "legal",
    "health",
    "dental",
    "solutions",
];

/// The names that a name holds, the whole one first.
pub(super) fn names(name: &str) -> Vec<String> {
    let name = name.trim();
    if let Some(label) = domain_label(name) {
        return vec![label];
    }
    let mut out = vec![name.to_owned()];
    // Offsets hold in both only where lower case does not change lengths.
    let lower = name.to_ascii_lowercase().replace(['(', ')', '[', ']', ',', ':'], " ");
    for word in BETWEEN {
        let Some(at) = lower.find(word) else { continue };
        let (before, after) = (&name[..at], &name[at + word.len()..]);
        let trimmed =
            |part: &str| part.trim_matches(|c: char| !c.is_alphanumeric() && c != '.').to_owned();
        for part in [trimmed(before), trimmed(after)] {
            if part.chars().filter(|c| c.is_alphanumeric()).count() >= 2 {
                out.push(part);
            }
        }
        break;
    }
    if out.len() == 1
        && let Some((outer, inner)) = bracketed(name)
    {
        out.extend([outer, inner]);
    }
    out
}

/// `Federal Bureau of Things (FBT)`: a short word of capitals in brackets is a name by itself.
fn bracketed(name: &str) -> Option<(String, String)> {
    let open = name.find('(')?;
    let close = open + name[open..].find(')')?;
    let inner = name[open + 1..close].trim();
    let outer = format!("{} {}", name[..open].trim(), name[close + 1..].trim()).trim().to_owned();
    let capitals = inner.chars().filter(|c| c.is_uppercase()).count();
    let name_like = (3..=10).contains(&inner.chars().count())
        && capitals >= 3
        && !inner.contains(' ')
        && outer.split_whitespace().count() >= 2;
    name_like.then(|| (outer, inner.to_owned()))
}

/// The part of a domain (or address) that names its owner; `None` for what is no domain.
fn domain_label(name: &str) -> Option<String> {
    if name.len() > 100 || name.contains(char::is_whitespace) || !name.contains('.') {
        return None;
    }
    let text = name.to_lowercase();
    let text = text.split_once("://").map_or(&*text, |(_, rest)| rest);
    let text = text.split('/').next()?.rsplit('@').next()?;
    let text = text.strip_prefix("www.").unwrap_or(text);
    let labels: Vec<&str> = text.split('.').filter(|l| !l.is_empty()).collect();
    let last = labels.last()?;
    let plain = |l: &&str| l.chars().all(|c| c.is_alphanumeric() || c == '-');
    let known =
        TOP_LEVEL.contains(last) || last.len() == 2 && last.bytes().all(|b| b.is_ascii_lowercase());
    if labels.len() < 2 || !known || !labels.iter().all(plain) {
        return None;
    }
    // `B.V.` and `S.A.` are no domains: somebody's label has three letters, or two before `.com`.
    let mut rest = &labels[..labels.len() - 1];
    while rest.len() > 1
        && (TOP_LEVEL.contains(&rest[rest.len() - 1]) || rest[rest.len() - 1].len() <= 2)
    {
        rest = &rest[..rest.len() - 1];
    }
    // What stands before the owner's label is a place or a part of it; mail hosts are neither.
    while rest.len() > 1 && matches!(rest[0], "mail" | "smtp" | "portal" | "web" | "autodiscover") {
        rest = &rest[1..];
    }
    let label = rest.join(" ").replace('-', " ");
    let enough = label.chars().count() >= if TOP_LEVEL.contains(last) { 2 } else { 3 };
    enough.then_some(label)
}
