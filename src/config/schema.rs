//! What each key means: the one place where keys of the file become fields of [`Settings`].

use std::path::Path;

use toml_edit::{Item, Key, TableLike};
use url::Host;

use super::Settings;
use super::keys;
use super::reader::Reader;

mod billing;
mod billing_tables;
mod connectwise;
mod matching;
mod price;
mod source;
/// The keys of a table with their items and full paths.
fn entries<'t>(table: &'t dyn TableLike, path: &str) -> Vec<(&'t Key, &'t Item, String)> {
    table
        .iter()
        .filter_map(|(name, _)| table.get_key_value(name))
        .map(|(key, item)| {
            let full =
                if path.is_empty() { key.get().into() } else { format!("{path}.{}", key.get()) };
            (key, item, full)
        })
        .collect()
}

impl Reader<'_> {
    /// Reads the sections of `table` into `into`. `profiles` is known at the top level only and is
    /// the caller's.
    pub(super) fn sections(&mut self, table: &dyn TableLike, path: &str, into: &mut Settings) {
        for (key, item, full) in entries(table, path) {
            match key.get() {
                "connectwise" => {
                    if let Some(t) = self.table(item, &full) {
                        self.connectwise(t, &full, &mut into.connectwise);
                    }
                }
                "source" => {
                    if let Some(t) = self.table(item, &full) {
                        self.source(t, &full, &mut into.source);
                    }
                }
                "billing" => {
                    if let Some(t) = self.table(item, &full) {
                        self.billing(t, &full, into);
                    }
                }
                "matching" => {
                    if let Some(t) = self.table(item, &full) {
                        self.matching(t, &full, &mut into.matching);
                    }
                }
                "profiles" if path.is_empty() => {}
                _ if path.is_empty() => {
                    self.unknown(
                        key,
                        &full,
                        &["connectwise", "source", "billing", "matching", "profiles"],
                    );
                }
                _ => self.unknown(key, &full, &keys::SECTIONS),
            }
        }
    }

    fn number<T: TryFrom<i64>>(
        &mut self,
        item: &Item,
        path: &str,
        range: std::ops::RangeInclusive<i64>,
    ) -> Option<T> {
        self.integer(item, path, range).and_then(|n| T::try_from(n).ok())
    }

    /// A text in which `{field}` stands for something.
    fn template(
        &mut self,
        item: &Item,
        path: &str,
        fields: &[&str],
        may_be_empty: bool,
    ) -> Option<String> {
        let text = self.text(item, path)?;
        let all = fields.iter().map(|f| format!("{{{f}}}")).collect::<Vec<_>>().join(", ");
        if text.is_empty() && !may_be_empty {
            self.refuse(item, path, "it is empty", format!("use {all} and words of your own"));
            return None;
        }
        let mut rest = text;
        while let Some(open) = rest.find(['{', '}']) {
            let inner = rest[open..].strip_prefix('{').and_then(|r| r.split_once('}'));
            match inner {
                Some((field, after)) if fields.contains(&field) => rest = after,
                Some((field, _)) => {
                    let remedy = match keys::nearest(field, fields) {
                        Some(n) => format!("did you mean {{{n}}}?"),
                        None => format!("use {all}"),
                    };
                    self.refuse(item, path, &format!("{{{field}}} is not known"), remedy);
                    return None;
                }
                None => {
                    self.refuse(item, path, "a brace has no partner", format!("use {all}"));
                    return None;
                }
            }
        }
        Some(text.into())
    }
}

/// An address that secrets may be sent to: https, or http on this machine (design 4).
fn check_url(text: &str) -> Result<(), (&'static str, &'static str)> {
    if !text.contains("://") {
        // A bare host, or nothing yet.
        return if text.contains(char::is_whitespace) || text.contains('@') {
            Err(("this is no host", "write a host such as na.myconnectwise.net"))
        } else {
            Ok(())
        };
    }
    let Ok(url) = url::Url::parse(text) else {
        return Err(("this is no address", "write a host or an address that begins with https://"));
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err((
            "the address holds a user or a password",
            "remove it and use addendum credentials set",
        ));
    }
    let loopback = match url.host() {
        Some(Host::Domain(d)) => d.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(a)) => a.is_loopback(),
        Some(Host::Ipv6(a)) => a.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" if url.host().is_some() => Ok(()),
        "http" if loopback => Ok(()),
        "http" => Err((
            "http:// would send keys in the clear; it is accepted for this machine only",
            "write https://",
        )),
        _ => Err(("this kind of address is not known", "write an address with https://")),
    }
}

/// Finishes what the whole file decides together: the source's id and its place.
pub(super) fn complete(settings: &mut Settings, file: &Path) {
    let folder = file.parent().unwrap_or(Path::new(""));
    let source = &mut settings.source;
    if source.id.is_empty() {
        let name = Path::new(&source.profile).file_stem().map(|s| s.to_string_lossy());
        source.id = name.as_deref().unwrap_or(&source.profile).replace('/', "-");
    }
    let roots = [&mut settings.connectwise.root_certificate, &mut source.root_certificate];
    for root in roots.into_iter().flatten() {
        *root = expand(&root.to_string_lossy(), folder).into();
    }
    if let Some(location) = &source.location {
        source.location = Some(expand(location, folder));
    }
    if source.profile.contains(['/', '\\']) || source.profile.starts_with('~') {
        source.profile = expand(&source.profile, folder);
    }
    if let Some(file) = &settings.price_file {
        settings.price_file = Some(expand(file, folder));
    }
}

/// `~` becomes the home folder; a relative path counts from the settings' folder.
fn expand(location: &str, folder: &Path) -> String {
    if location.contains("://") {
        return location.into();
    }
    let path = folder.join(super::at_home(location));
    path.to_string_lossy().into_owned()
}

fn set<T>(value: Option<T>, field: &mut T) {
    if let Some(value) = value {
        *field = value;
    }
}
