//! `billing.approval = "two-person"`: from outside, with one user, and with two where the tests may
//! become another one.

use crate::support::Bench;

fn two_persons() -> (Bench, String) {
    let bench = Bench::ready();
    bench.home.set(&[("billing.approval", "two-person".into())]);
    let file = bench.home.path().join("plan.json").display().to_string();
    let plan = bench.home.json(0, &["plan", "--out", &file]);
    assert!(plan["made_by"].as_str().is_some_and(|m| !m.is_empty()), "{plan:#}");
    bench.sandbox.forget_requests();
    (bench, file)
}

#[track_caller]
fn wrote_nothing(bench: &Bench) {
    assert_eq!(bench.sandbox.count(|r| r.is_write()), 0, "something was written");
}

#[test]
fn nothing_is_written_without_an_approved_plan() {
    let (bench, file) = two_persons();
    let home = &bench.home;
    home.refused(2, "approval-needed", &["sync", "--yes"]);
    home.refused(2, "approval-needed", &["retry"]);
    let refused = home.refused(2, "not-approved", &["sync", "--plan", &file]);
    assert!(refused["remedy"].as_str().unwrap().contains("approve"), "{refused:#}");
    home.refused(2, "not-approved", &["undo", "1", "--yes"]);
    wrote_nothing(&bench);
}

#[test]
fn nobody_approves_his_own_plan_and_a_changed_one_is_nobodys() {
    let (bench, file) = two_persons();
    let home = &bench.home;
    home.refused(2, "own-plan", &["approve", &file]);
    let text = std::fs::read_to_string(&file).unwrap();
    // Whoever says that another one made it changes the file.
    let plan: serde_json::Value = serde_json::from_str(&text).unwrap();
    let maker = plan["made_by"].as_str().unwrap();
    std::fs::write(&file, text.replace(maker, "eve (uid 4242)")).unwrap();
    home.refused(2, "plan-unknown", &["approve", &file]);
    home.refused(2, "not-approved", &["sync", "--plan", &file]);
    // The file back as it was: known again, and still one's own.
    std::fs::write(&file, &text).unwrap();
    home.refused(2, "own-plan", &["approve", &file]);
    home.refused(2, "usage", &["approve"]);
    home.refused(2, "usage", &["approve", &file, "--undo", "1"]);
    home.refused(2, "usage", &["approve", "--credit"]);
    wrote_nothing(&bench);
}

/// Another system user, where the tests run as root: by number, so that no account is needed.
#[cfg(unix)]
fn as_another(bench: &Bench, args: &[&str]) -> crate::support::Ran {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    // Two people who share a profile share its files.
    let mut open = bench.home.files();
    open.push(bench.home.path().to_path_buf());
    for folder in bench.home.files() {
        open.extend(
            folder
                .ancestors()
                .skip(1)
                .take_while(|a| a.starts_with(bench.home.path()))
                .map(std::path::Path::to_path_buf),
        );
    }
    for path in open {
        let mode = if path.is_dir() { 0o777 } else { 0o666 };
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    let mut command = bench.home.command(args);
    command.uid(4_243).gid(4_243);
    bench.home.finish(args, command.spawn().unwrap())
}

#[cfg(unix)]
#[test]
fn a_plan_that_another_user_approved_is_carried_out_and_all_of_it_is_on_record() {
    if !rustix::process::getuid().is_root() {
        eprintln!("skipped: only root can act as another system user");
        return;
    }
    let (bench, file) = two_persons();
    let home = &bench.home;
    let approved = as_another(&bench, &["approve", &file, "--json"]).exits(0).json();
    assert!(approved["by"].as_str().unwrap().contains("uid 4243"), "{approved:#}");
    let run = home.json(0, &["sync", "--plan", &file, "--yes"]);
    assert!(run["counts"]["create"].as_u64().unwrap() > 0);
    let run = run["run"].as_str().unwrap().to_owned();

    home.refused(2, "not-approved", &["undo", &run, "--yes"]);
    home.json(0, &["approve", "--undo", &run]);
    home.refused(2, "not-approved", &["undo", &run, "--yes"]);
    as_another(&bench, &["approve", "--undo", &run, "--json"]).exits(0);
    home.json(0, &["undo", &run, "--yes"]);
    assert_eq!(bench.sandbox.inspect().all_marked().len(), 0);

    assert_eq!(home.json(0, &["audit", "verify"])["whole"], true);
    let all = home.json(0, &["audit", "export"]);
    let of = |kind: &str| -> Vec<serde_json::Value> {
        let all = all["records"].as_array().unwrap();
        all.iter().filter(|r| r["kind"] == kind).cloned().collect()
    };
    assert_eq!(of("plan-made").len(), 1);
    assert_eq!(of("approved").len(), 3);
    assert!(of("approved")[0]["who"].as_str().unwrap().contains("uid 4243"));
    let carried = &of("run-began")[0]["body"]["plan"]["file"];
    assert_eq!(of("approved")[0]["body"]["of"], format!("plan {}", carried.as_str().unwrap()));
}
