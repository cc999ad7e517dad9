//! Setting up: credentials, verify, settings; what is not set up is exit 4, what the PSA refuses
//! exit 5.

mod support;

use addendum::sandbox::SandboxOptions;
use support::{Bench, Home, has_fields};

const GUID: &str = "5a4db0c5-0000-4000-8000-000000000001";

/// A home without keyring, whose encrypted file has a passphrase.
fn home_with_passphrase() -> Home {
    let mut home = Home::new();
    home.env = vec![("ADDENDUM_VAULT_PASSPHRASE".into(), "correct horse battery".into())];
    home.secrets = vec!["correct horse battery".into(), "pri-VATE-1234".into()];
    home
}

fn set<'a>(site: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut args =
        vec!["credentials", "set", "--site", site, "--company-id", "acme", "--client-id", GUID];
    args.extend(more);
    args
}

#[test]
fn what_is_not_set_up_is_exit_4_with_the_command_that_helps() {
    let home = Home::new();
    home.refused(4, "no-agreement-type", &["plan"]);
    home.refused(4, "no-agreement-type", &["sync"]);
    for args in [&["pull"][..], &["verify"], &["credentials", "test"], &["reconcile"]] {
        let document = home.refused(4, "no-credentials", args);
        assert!(
            document["remedy"].as_str().is_some_and(|r| r.contains("addendum credentials set")),
            "{document:#}"
        );
    }
    home.refused(4, "no-source-location", &["load"]);
    let status = home.json(0, &["status"]);
    let codes: Vec<&str> = status["blocks"]
        .as_array()
        .expect("blocks")
        .iter()
        .filter_map(|b| b["code"].as_str())
        .collect();
    for code in ["no-connection", "no-keys", "no-agreement-type", "not-pulled", "no-lines"] {
        assert!(codes.contains(&code), "{codes:?}");
    }
    home.json(4, &["status", "--check"]);
}

#[test]
fn keys_are_read_from_two_lines_and_kept_in_the_encrypted_file_only() {
    let home = home_with_passphrase();
    let args = set("https://na.myconnectwise.net/v4_6_release", &["--json"]);
    let document = home.run_with(&args, "PUBLICkey9876\npri-VATE-1234\n").exits(0).json();
    assert_eq!(document["kept_in"], "vault-file");
    has_fields(&document, &["action", "site", "company_id", "client_id", "settings"]);

    let show = home.json(0, &["credentials", "show"]);
    assert_eq!(show["company_id"], "acme");
    assert_eq!(show["public_key"]["value"], "PUBLICkey9876");
    assert_eq!(show["private_key"]["set"], true);
    assert_eq!(show["private_key"]["found_in"], "vault-file");
    assert!(show["private_key"].get("value").is_none());
    assert_eq!(show["source_secret"]["set"], false);
    home.run(&["credentials", "show"]).exits(0);

    let settings = std::fs::read_to_string(home.paths().settings).expect("settings");
    assert!(settings.contains("company_id = \"acme\"") && settings.contains('#'), "comments stay");
    for file in home.files() {
        let bytes = std::fs::read(&file).expect("a file");
        for secret in ["pri-VATE-1234", "PUBLICkey9876", "correct horse"] {
            let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
            assert!(!found, "{} holds a secret", file.display());
        }
    }

    // Without the passphrase the file stays shut, and that is said.
    let mut locked = home.command(&["credentials", "show", "--json"]);
    let out = locked.env_remove("ADDENDUM_VAULT_PASSPHRASE").output().expect("it runs");
    let show: serde_json::Value = serde_json::from_slice(&out.stdout).expect("one document");
    assert_eq!(show["private_key"]["locked"], true);
    let out = home
        .command(&["pull", "--json"])
        .env_remove("ADDENDUM_VAULT_PASSPHRASE")
        .output()
        .expect("it runs");
    assert_eq!(out.status.code(), Some(4), "{out:?}");

    home.json(0, &["credentials", "delete"]);
    assert_eq!(home.json(0, &["credentials", "show"])["private_key"]["set"], false);
}

#[test]
fn the_sources_secret_is_one_line() {
    let home = home_with_passphrase();
    let args = ["credentials", "set", "--source-secret", "--json"];
    home.run_with(&args, "bearer-token\n").exits(0);
    assert_eq!(home.json(0, &["credentials", "show"])["source_secret"]["set"], true);
    assert_eq!(home.run_with(&args, "\n").exits(2).json()["code"], "usage");
}

#[test]
fn bad_credentials_are_refused_and_nothing_is_kept() {
    let home = home_with_passphrase();
    let good = "PUBLICkey9876\npri-VATE-1234\n";
    let cases: [(Vec<&str>, &str); 8] = [
        (set("na.myconnectwise.net", &[]), ""),
        (set("na.myconnectwise.net", &[]), "onlyone\n"),
        (set("na.myconnectwise.net", &[]), "a b\nc\n"),
        (set("na.myconnectwise.net", &[]), "a:b\nc\n"),
        (set("na.myconnectwise.net", &[]), "\n\n"),
        (set("http://na.myconnectwise.net", &[]), good),
        (set("", &[]), good),
        (vec!["credentials", "set"], good),
    ];
    for (args, input) in cases {
        let args: Vec<&str> = args.into_iter().chain(["--json"]).collect();
        let document = home.run_with(&args, input).exits(2).json();
        assert_eq!(document["schema"], "addendum/error/1", "{args:?}");
    }
    let show = home.json(0, &["credentials", "show"]);
    assert_eq!(show["public_key"]["set"], false);
    assert!(!home.paths().vault.exists());
}

#[test]
fn environment_keys_are_found_first_and_said_so() {
    let mut home = home_with_passphrase();
    home.env.push(("ADDENDUM_CW_PUBLIC_KEY".into(), "from-environment".into()));
    let args = set("na.myconnectwise.net", &[]);
    let ran = home.run_with(&args, "PUBLICkey9876\npri-VATE-1234\n").exits(0);
    assert!(ran.stderr.contains("found first"), "{}", ran.stderr);
    let show = home.json(0, &["credentials", "show"]);
    assert_eq!(show["public_key"]["found_in"], "environment");
    assert_eq!(show["private_key"]["found_in"], "vault-file");
}

#[test]
fn unknown_settings_are_refused_with_the_nearest_known_one() {
    let home = Home::new();
    std::fs::create_dir_all(home.paths().config_dir).expect("a folder");
    for (text, near) in [
        ("[billing]\nagreement_typ = \"x\"\n", "agreement_type"),
        ("[conectwise]\nsite = \"x\"\n", "connectwise"),
        ("[billing]\nrecurring = \"persistant\"\n", "persistent"),
        ("[connectwise]\nconcurrency = \"four\"\n", "concurrency"),
        ("not toml at all", "config.toml"),
    ] {
        std::fs::write(home.paths().settings, text).expect("settings");
        for args in [&["status"][..], &["plan"], &["load"]] {
            let document = home.json(2, args);
            assert_eq!(document["schema"], "addendum/error/1");
            let all = document.to_string();
            assert!(all.contains(near), "{text}: {document:#}");
        }
    }
}

#[test]
fn a_good_connection_is_tested_and_every_right_is_checked() {
    let bench = Bench::tidy();
    let home = &bench.home;
    let document = home.json(0, &["credentials", "test"]);
    assert_eq!(document["connected"], true);
    has_fields(&document, &["base", "version", "time_zone"]);
    let document = home.json(0, &["verify"]);
    let checks = document["checks"].as_array().expect("checks");
    assert!(checks.len() >= 5, "{checks:?}");
    for check in checks {
        has_fields(
            check,
            &["module", "permission", "level", "found", "state", "needed_for", "remedy"],
        );
        let state = check["state"].as_str().unwrap_or_default();
        assert!(["ok", "missing", "unproven"].contains(&state), "{check:#}");
    }
    assert!(home.run(&["verify"]).exits(0).stdout.contains(" 0 missing"));
}

#[test]
fn a_missing_right_is_exit_5_with_how_to_grant_it() {
    let mut options = SandboxOptions { companies: 5, lines: 10, tidy: true, ..Default::default() };
    options.faults.withdrawn = vec!["Finance/Agreements".into()];
    let bench = Bench::with(options);
    let document = bench.home.json(5, &["verify"]);
    let missing: Vec<_> = document["checks"]
        .as_array()
        .expect("checks")
        .iter()
        .filter(|c| c["state"] == "missing")
        .collect();
    assert!(!missing.is_empty(), "{document:#}");
    assert!(missing.iter().all(|c| c["remedy"].as_str().is_some_and(|r| !r.is_empty())));
    assert!(bench.home.run(&["verify"]).exits(5).stdout.contains("MISSING"));
    assert_eq!(bench.home.json(5, &["pull", "agreements"])["schema"], "addendum/error/1");
}

#[test]
fn wrong_keys_are_exit_5_and_a_wrong_host_exit_1() {
    let mut bench = Bench::tidy();
    bench.home.env.retain(|(name, _)| name != "ADDENDUM_CW_PRIVATE_KEY");
    bench.home.env.push(("ADDENDUM_CW_PRIVATE_KEY".into(), "wrongKEYwrong".into()));
    bench.home.secrets.push("wrongKEYwrong".into());
    for args in [&["credentials", "test"][..], &["pull"], &["verify"]] {
        let document = bench.home.json(5, args);
        assert_eq!(document["schema"], "addendum/error/1", "{args:?}");
    }
    let free =
        std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("it");
    bench.home.set(&[
        ("connectwise.site", format!("http://{free}").into()),
        ("connectwise.max_retries", 0.into()),
    ]);
    assert_eq!(bench.home.json(1, &["credentials", "test"])["schema"], "addendum/error/1");
}

#[test]
fn a_store_that_is_none_is_exit_1_and_left_as_it_is() {
    let home = Home::new();
    home.json(0, &["status"]);
    let store = home.paths().store;
    let junk = vec![b'x'; 8192];
    for file in home.files().iter().filter(|f| f.starts_with(&home.paths().data_dir)) {
        std::fs::remove_file(file).expect("deleted");
    }
    std::fs::write(&store, &junk).expect("written");
    for args in [&["status"][..], &["logs"], &["map", "list"]] {
        let document = home.json(1, args);
        assert_eq!(document["schema"], "addendum/error/1");
        assert!(document["code"].as_str().is_some_and(|c| c.starts_with("store-")), "{document:#}");
    }
    assert_eq!(std::fs::read(&store).expect("the file"), junk);
}

#[test]
fn two_profiles_do_not_see_each_other() {
    let home = home_with_passphrase();
    let args = set("na.myconnectwise.net", &["--profile", "second", "--json"]);
    home.run_with(&args, "PUBLICkey9876\npri-VATE-1234\n").exits(0);
    let second = home.json(0, &["credentials", "show", "--profile", "second"]);
    assert_eq!(second["company_id"], "acme");
    let first = home.json(0, &["credentials", "show"]);
    assert_eq!((&first["company_id"], &first["public_key"]["set"]), (&"".into(), &false.into()));
    assert_eq!(home.json(0, &["status", "--profile", "second"])["profile"], "second");
}

#[test]
fn an_integration_is_deleted_only_when_its_name_is_typed() {
    let home = home_with_passphrase();
    home.run_with(&set("na.myconnectwise.net", &[]), "PUBLICkey9876\npri-VATE-1234\n").exits(0);
    home.json(0, &["status"]);
    assert!(home.paths().store.exists());
    let args = ["delete-integration", "--json"];
    for typed in ["", "yes\n", "Default\n"] {
        let document = home.run_with(&args, typed).exits(2).json();
        assert_eq!(document["code"], "not-confirmed");
    }
    assert!(home.paths().store.exists() && home.paths().vault.exists());
    let document = home.run_with(&args, "default\n").exits(0).json();
    has_fields(&document, &["profile", "deleted", "still_found", "settings"]);
    assert!(!home.paths().data_dir.exists(), "{:?}", home.files());
    assert_eq!(home.json(0, &["credentials", "show"])["public_key"]["set"], false);
    assert!(home.paths().settings.exists());
}
