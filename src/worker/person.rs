//! Who acts: the system user, as the system itself knows him. Variables such as `USER` can be set
//! by anybody and say nothing.

use std::sync::OnceLock;

use crate::domain::text::harmless;

/// The system user with his number, such as `ada (uid 1000)`. With `sudo` and `su` it is the person
/// who logged in, where the system keeps that (Linux with audit does): two people who share a service
/// account stay two.
pub fn who() -> &'static str {
    static WHO: OnceLock<String> = OnceLock::new();
    WHO.get_or_init(|| harmless(&find()))
}

#[cfg(unix)]
fn find() -> String {
    let own = rustix::process::getuid().as_raw();
    let person = login().unwrap_or(own);
    let name = if person == rustix::process::geteuid().as_raw() {
        whoami::username().ok().filter(|n| !n.trim().is_empty())
    } else {
        None
    };
    let accounts = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    match name.or_else(|| listed(&accounts, person)) {
        Some(name) => format!("{name} (uid {person})"),
        None => format!("uid {person}"),
    }
}

#[cfg(not(unix))]
fn find() -> String {
    match whoami::username() {
        Ok(name) if !name.trim().is_empty() => name,
        _ => "an unnamed user".to_owned(),
    }
}

/// The number of the user who logged in; the system lets nobody change it afterwards.
#[cfg(unix)]
fn login() -> Option<u32> {
    let text = std::fs::read_to_string("/proc/self/loginuid").ok()?;
    text.trim().parse().ok().filter(|uid| *uid != u32::MAX)
}

/// The name that a list of accounts gives a number.
#[cfg(unix)]
fn listed(accounts: &str, uid: u32) -> Option<String> {
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next().filter(|n| !n.is_empty())?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_known_by_number_whatever_the_environment_says() {
        let uid = login().unwrap_or_else(|| rustix::process::getuid().as_raw());
        assert!(who().ends_with(&format!("uid {uid})")) || who() == format!("uid {uid}"));
        let accounts = "root:x:0:0::/root:/bin/sh\n::12\nada:x:1000:1000::/home/ada:/bin/sh\n";
        assert_eq!(listed(accounts, 1000).as_deref(), Some("ada"));
        assert_eq!(listed(accounts, 12), None);
        assert_eq!(listed(accounts, 7), None);
    }
}
