//! What lies on the disk: for the owner alone, and never written through a link that somebody planted.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use crate::support::{Bench, Home};

/// What stands in a file that is not ours.
const THEIRS: &str = "somebody else's";

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o777
}

/// Plants a link at a place of ours, and gives the file that it leads to.
fn plant(home: &Home, place: &Path) -> std::path::PathBuf {
    let theirs = home.path().join("theirs");
    fs::write(&theirs, THEIRS).unwrap();
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    let _ = fs::remove_file(place);
    symlink(&theirs, place).unwrap();
    theirs
}

#[test]
fn everything_that_a_month_leaves_is_for_its_owner_alone() {
    let mut bench = Bench::ready();
    // A shell that makes files for everybody.
    bench.home.env.push(("ADDENDUM_VAULT_PASSPHRASE".into(), "correct horse".into()));
    let file = |name: &str| bench.home.path().join(name).display().to_string();
    let (plan, mappings) = (file("plan.json"), file("mappings-out.csv"));
    bench.home.json(0, &["plan", "--out", &plan]);
    bench.home.json(0, &["map", "export", &mappings]);
    let args = ["credentials", "set", "--source-secret", "--json"];
    bench.home.run_with(&args, "a-token\n").exits(0);
    bench.home.json(0, &["sync", "--plan", &plan, "--yes"]);
    let ours = bench.home.files();
    let made: Vec<_> = ours.iter().filter(|f| !f.ends_with("mapping.csv")).collect();
    for wanted in ["addendum.db", "addendum.log", "secrets.vault", "config.toml", "addendum.lock"] {
        assert!(made.iter().any(|f| f.ends_with(wanted)), "{wanted} is not there: {made:?}");
    }
    for file in made {
        assert_eq!(mode(file), 0o600, "{}", file.display());
    }
    let paths = bench.home.paths();
    for folder in [&paths.config_dir, &paths.data_dir, paths.log.parent().unwrap()] {
        assert_eq!(mode(folder), 0o700, "{}", folder.display());
    }
}

#[test]
fn files_that_were_left_open_to_others_are_closed() {
    let bench = Bench::ready();
    let paths = bench.home.paths();
    for file in [&paths.log, &paths.data_dir.join("addendum.lock")] {
        fs::set_permissions(file, fs::Permissions::from_mode(0o644)).unwrap();
    }
    bench.home.json(0, &["load"]);
    for file in [&paths.log, &paths.data_dir.join("addendum.lock")] {
        assert_eq!(mode(file), 0o600, "{}", file.display());
    }
}

#[test]
fn a_planted_link_is_never_written_through() {
    let mut home = Home::new();
    home.env = vec![("ADDENDUM_VAULT_PASSPHRASE".into(), "correct horse".into())];
    let paths = home.paths();
    let untouched = |theirs: &Path| assert_eq!(fs::read_to_string(theirs).unwrap(), THEIRS);

    let theirs = plant(&home, &paths.store);
    let refused = home.json(1, &["status"]);
    assert!(refused["message"].as_str().unwrap().contains("link"), "{refused:#}");
    untouched(&theirs);
    fs::remove_file(&paths.store).unwrap();

    let theirs = plant(&home, &paths.vault);
    let args = ["credentials", "set", "--source-secret", "--json"];
    let refused = home.run_with(&args, "a-token\n").exits(4).json();
    assert!(refused["message"].as_str().unwrap().contains("link"), "{refused:#}");
    untouched(&theirs);
    fs::remove_file(&paths.vault).unwrap();

    let theirs = plant(&home, &paths.log);
    home.json(0, &["status"]);
    untouched(&theirs);
    fs::remove_file(&paths.log).unwrap();

    let theirs = plant(&home, &paths.data_dir.join("addendum.lock"));
    let refused = home.json(1, &["load", "--from", "/dev/null"]);
    assert!(refused["message"].as_str().unwrap().contains("link"), "{refused:#}");
    untouched(&theirs);

    // Where a link leads to nothing, nothing is made there either.
    let nowhere = home.path().join("nowhere");
    for place in [&paths.log, &paths.vault] {
        let _ = fs::remove_file(place);
        symlink(&nowhere, place).unwrap();
    }
    home.json(0, &["status"]);
    home.run_with(&args, "a-token\n");
    assert!(!nowhere.exists());
}

#[test]
fn what_we_are_told_to_write_is_not_written_through_a_link() {
    let bench = Bench::ready();
    let out = bench.home.path().join("out");
    let theirs = plant(&bench.home, &out);
    let name = out.display().to_string();
    for args in [&["plan", "--out", &name][..], &["map", "export", &name]] {
        let refused = bench.home.json(2, args);
        assert!(refused["message"].as_str().unwrap().contains("link"), "{refused:#}");
        assert_eq!(fs::read_to_string(&theirs).unwrap(), THEIRS);
        assert!(fs::symlink_metadata(&out).unwrap().is_symlink(), "the link itself stays");
    }
}

/// People keep their settings among others and link them: that link is their own.
#[test]
fn settings_that_are_kept_elsewhere_are_changed_there() {
    let mut home = Home::new();
    home.env = vec![("ADDENDUM_VAULT_PASSPHRASE".into(), "correct horse".into())];
    let elsewhere = home.path().join("dotfiles.toml");
    fs::write(&elsewhere, "# mine\n[connectwise]\nsite = \"\"\n").unwrap();
    let settings = home.paths().settings;
    fs::create_dir_all(settings.parent().unwrap()).unwrap();
    symlink(&elsewhere, &settings).unwrap();
    let args = [
        "credentials",
        "set",
        "--site",
        "na",
        "--company-id",
        "acme",
        "--client-id",
        "5a4db0c5-0000-4000-8000-000000000001",
    ];
    home.run_with(&args, "PUBLIC\nPRIVATE\n").exits(0);
    let text = fs::read_to_string(&elsewhere).unwrap();
    assert!(text.contains("# mine") && text.contains("acme"), "{text}");
    assert!(fs::symlink_metadata(&settings).unwrap().is_symlink());
}
