use std::fs;
use std::path::{Path, PathBuf};

use super::*;
use crate::domain::billing_cycle::BillingCycle;
use crate::domain::charge_type::ChargeType;
use crate::domain::policy::{ChargeEndRule, ChargeStartRule, IdentityPlace, RecurringPolicy};

fn parse_text(text: &str) -> Result<Settings, Problem> {
    parse(Path::new("/s/config.toml"), text, "default")
}

fn refusal(text: &str) -> String {
    parse_text(text).expect_err("must be refused").to_string()
}

#[test]
fn the_shipped_file_says_the_defaults_and_every_key() {
    assert_eq!(parse_text(DEFAULT_SETTINGS).unwrap(), Settings::default());
    let document = DEFAULT_SETTINGS.parse::<toml_edit::DocumentMut>().unwrap();
    for key in keys::all() {
        let mut item = document.as_item();
        for part in key.split('.') {
            item = item.get(part).unwrap_or_else(|| panic!("{key} is missing"));
        }
        assert!(item.is_value(), "{key}");
    }
}

#[test]
fn a_missing_file_gives_the_defaults() {
    let dir = tempfile::tempdir().unwrap();
    let read = Settings::read(&dir.path().join("none.toml"), "default").unwrap();
    assert_eq!(read, Settings::default());
}

#[test]
fn values_are_read_and_profiles_override_them() {
    let text = r#"
        [connectwise]
        site = "na.myconnectwise.net"
        concurrency = 8
        [source]
        location = "bills"
        [billing]
        agreement_type = "Managed Cloud"
        identity = "customField:Our ID"
        partial_share = 0.55
        home_currency = "usd"
        [billing.charge_end]
        CycleFee = "charge-end"
        [billing.charge_start]
        Monthly = "first-day-of-invoice-month"
        [billing.charge_names]
        CycleFee = "Monthly fee"
        [profiles.emea.connectwise]
        site = "https://eu.myconnectwise.net"
        [profiles.emea.billing]
        recurring = "per-line"
        charge_end = { CycleFee = "none" }
    "#;
    let top = parse_text(text).unwrap();
    assert_eq!(top.connectwise.site, "na.myconnectwise.net");
    assert_eq!(top.source.location.as_deref(), Path::new("/s/bills").to_str());
    assert_eq!(top.policy.identity, IdentityPlace::CustomField("Our ID".into()));
    assert_eq!(top.policy.partial_share.to_string(), "0.55");
    assert_eq!(top.policy.home_currency.unwrap().as_str(), "USD");
    assert_eq!(top.policy.charge_end[&ChargeType::CycleFee], ChargeEndRule::ChargeEnd);
    assert_eq!(
        top.policy.charge_start[&BillingCycle::Monthly],
        ChargeStartRule::FirstDayOfInvoiceMonth
    );
    assert_eq!(top.policy.charge_name(ChargeType::CycleFee), "Monthly fee");
    let emea = parse(Path::new("/s/config.toml"), text, "emea").unwrap();
    assert_eq!(emea.connectwise.site, "https://eu.myconnectwise.net");
    assert_eq!(emea.connectwise.concurrency, 8);
    assert_eq!(emea.policy.recurring, RecurringPolicy::PerLine);
    assert!(emea.policy.charge_end.is_empty());
}

#[test]
fn mistakes_are_named_with_their_place_and_the_nearest_word() {
    let table = [
        ("[connectwise]\nconcurency = 3\n", "line 2, column 1", "connectwise.concurrency?"),
        ("[connectwise]\nconcurrency = 65\n", "line 2, column 15", "1 to 64"),
        ("[connectwise]\nconcurrency = \"4\"\n", "line 2", "a whole number, not a text"),
        ("[connectwise]\nsite = \"http://cw.example\"\n", "line 2", "https://"),
        ("[connectwise]\nsite = \"ftp://cw.example\"\n", "line 2", "https://"),
        ("[conectwise]\n", "line 1, column 2", "did you mean connectwise?"),
        ("[billing]\nresidual = \"colapse\"\n", "line 2, column 12", "\"collapse\""),
        ("[billing]\nprice_decimals = 5\n", "line 2", "0 to 4"),
        ("[billing]\npartial_share = 1.5\n", "line 2", "0 to 1"),
        ("[billing]\npartial_share = nan\n", "line 2", "0 to 1"),
        ("[billing]\ntimezone = \"Mars/Olympus\"\n", "line 2", "Europe/Berlin"),
        ("[billing]\nhome_currency = \"EURO\"\n", "line 2", "three letters"),
        ("[billing]\ndescription = \"{subscripton}\"\n", "line 2", "{subscription}?"),
        ("[billing]\ndescription = \"a } b\"\n", "line 2", "no partner"),
        ("[billing.charge_end]\nCyclefee = \"none\"\n", "line 2", "billing.charge_end.CycleFee?"),
        ("[profiles.a.bill]\n", "profiles.a.bill", "profiles.a.billing?"),
        ("[profiles.b.connectwise]\nsit = \"x\"\n", "line 2", "profiles.b.connectwise.site?"),
        ("[source]\nid = \"a/b\"\n", "line 2", "no slash"),
        ("a = = 1\n", "line 1", "settings-syntax"),
        ("source = 3\n", "line 1", "a table, not a whole number"),
    ];
    for (text, place, word) in table {
        let told = refusal(text);
        assert!(told.contains(place) && told.contains(word), "{text:?} gives {told}");
    }
    // All mistakes at once, and nothing of a terminal's in them.
    let told = refusal("[source]\nx = 1\n\"\\u001b[2J\" = 2\n");
    assert!(told.contains("source.x") && told.contains("line 3"), "{told}");
    assert!(!told.contains('\u{1b}'));
}

#[test]
fn loopback_may_be_http() {
    for host in ["127.0.0.1:8080", "localhost:1", "[::1]:9", "127.8.0.1"] {
        let text = format!(
            "[connectwise]\nsite = \"http://{host}\"\n[source]\nlocation = \"http://{host}/p\"\n"
        );
        let read = parse_text(&text).unwrap();
        assert_eq!(read.source.location, Some(format!("http://{host}/p")));
    }
}

#[test]
fn a_home_is_expanded() {
    let read = parse_text("[source]\nlocation = \"~/bills\"\n").unwrap();
    let location = PathBuf::from(read.source.location.unwrap());
    assert!(location.is_absolute() && location.ends_with("bills"), "{location:?}");
}

#[test]
fn writing_keeps_comments_and_everything_else() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("deep").join("config.toml");
    let set = |profile: &str, key: &str, v: Option<toml_edit::Value>| {
        Settings::write(&file, profile, &[(key.into(), v)]).unwrap();
    };
    set("default", "connectwise.site", Some("na.example".into()));
    let first = fs::read_to_string(&file).unwrap();
    assert_eq!(first, DEFAULT_SETTINGS.replacen("site = \"\"", "site = \"na.example\"", 1));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    fs::write(&file, "# mine\n[connectwise]\nconcurrency = 8   # fast\n").unwrap();
    set("default", "connectwise.concurrency", Some(9.into()));
    set("default", "billing.charge_end.CycleFee", Some("charge-end".into()));
    set("emea", "connectwise.concurrency", Some(2.into()));
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("# mine\n[connectwise]\nconcurrency = 9   # fast\n"), "{text}");
    let top = Settings::read(&file, "default").unwrap();
    let emea = Settings::read(&file, "emea").unwrap();
    assert_eq!((top.connectwise.concurrency, emea.connectwise.concurrency), (9, 2));
    assert_eq!(top.policy.charge_end.len(), 1);
    set("emea", "connectwise.concurrency", None);
    assert_eq!(Settings::read(&file, "emea").unwrap().connectwise.concurrency, 9);
    set("default", "connectwise.concurrency", None);
    assert_eq!(Settings::read(&file, "default").unwrap().connectwise.concurrency, 4);
    assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1, "nothing is left behind");
}

#[test]
fn a_change_that_cannot_be_is_refused_and_nothing_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("config.toml");
    fs::write(&file, "[connectwise]\nconcurrency = 8\n").unwrap();
    for (key, value) in [
        ("connectwise.concurrency", toml_edit::Value::from(0)),
        ("connectwise.concurency", toml_edit::Value::from(1)),
        ("connectwise", toml_edit::Value::from(1)),
        ("billing.timezone", toml_edit::Value::from("x")),
    ] {
        Settings::write(&file, "default", &[(key.into(), Some(value))]).unwrap_err();
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "[connectwise]\nconcurrency = 8\n");
}

#[test]
fn places_below_a_home_are_those_of_the_design() {
    let home = std::env::temp_dir().join("ah");
    let p = Paths::find(Some(&home), "acme").unwrap();
    assert_eq!(p.settings, home.join("config/config.toml"));
    assert_eq!(p.store, home.join("data/acme/addendum.db"));
    assert_eq!(p.log, home.join("state/addendum.log"));
    assert!(Paths::find(None, "acme").unwrap().settings.ends_with("addendum/config.toml"));
    for bad in ["", ".", "..", "a/b", "a\\b", "nul", "COM1.x", "a b", "ä", "\u{1b}", "x."] {
        assert!(Paths::find(Some(&home), bad).is_err(), "{bad:?}");
    }
}
