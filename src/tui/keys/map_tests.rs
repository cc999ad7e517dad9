use super::read::read;
use super::*;
use crate::tui::commands::{Command, TABLE};

fn on(contexts: &[Context]) -> Contexts {
    contexts.iter().copied().collect()
}

#[test]
fn the_shipped_map_is_sound_and_described() {
    let (bound, problems) = read(SHIPPED);
    assert_eq!(problems, []);
    assert_eq!(map::conflicts(&bound), []);
    for b in &bound {
        assert!(!b.about.is_empty(), "line {}", b.line);
    }
}

#[test]
fn every_command_that_has_a_place_in_the_footer_has_a_key() {
    let map = KeyMap::default();
    for e in TABLE.iter().filter(|e| e.rank > 0) {
        assert!(map.bindings().iter().any(|b| b.command == Some(e.command)), "{}", e.id);
    }
}

#[test]
fn a_sequence_is_pending_until_it_is_complete() {
    let map = KeyMap::default();
    let now = on(&[Context::Plain, Context::Grid, Context::Invoices]);
    let press = |keys: &str| map.find(&sequence(keys).unwrap(), now);
    assert_eq!(press("P"), Found::Pending);
    assert_eq!(press("P a"), Found::Run(Command::SyncAll));
    assert_eq!(press("P x"), Found::Nothing);
    let next = map.following(&sequence("P").unwrap(), now);
    assert_eq!(next.len(), 3);
    // Where no sequence can be completed the key is free.
    assert_eq!(map.find(&sequence("P").unwrap(), on(&[Context::Plain])), Found::Nothing);
}

#[test]
fn typing_is_not_mistaken_for_commands() {
    let map = KeyMap::default();
    let now = on(&[Context::Text, Context::Filter, Context::Grid]);
    for c in ('!'..='~').chain([' ']) {
        assert_eq!(map.find(&[Chord::char(c)], now), Found::Nothing, "{c}");
    }
    assert_eq!(map.find(&[Chord::of(Key::Esc)], now), Found::Run(Command::Back));
}

#[test]
fn the_user_wins_and_the_rest_stays() {
    let map = KeyMap::with_user(Some(
        "[[bind]]\nkeys = \"x\"\nrun = \"grid.mark\"\nwhen = \"organizations and plain\"\n\
         [[bind]]\nkeys = \"q\"\nrun = \"none\"\nwhen = \"plain\"\n",
    ));
    assert_eq!(map.problems, []);
    let now = on(&[Context::Plain, Context::Grid, Context::Organizations]);
    assert_eq!(map.find(&sequence("x").unwrap(), now), Found::Run(Command::Mark));
    assert_eq!(map.find(&sequence("q").unwrap(), now), Found::Nothing);
    assert_eq!(map.find(&sequence("s").unwrap(), now), Found::Run(Command::Sort));
    // The exclude command has lost its key, and says so by having none.
    assert_eq!(map.keys_of(Command::Exclude, now), Vec::<String>::new());
    assert_eq!(map.keys_of(Command::Mark, now), ["x", "Space"]);
}

#[test]
fn what_is_wrong_is_named_with_its_line_and_the_rest_loads() {
    let map = KeyMap::with_user(Some(
        "[[bind]]\nkeys = \"Hyper-j\"\nrun = \"move.down\"\n\
         [[bind]]\nkeys = \"x\"\nrun = \"move.dwon\"\n\
         [[bind]]\nkeys = \"x\"\nrun = \"move.up\"\nwhen = \"gird\"\n\
         [[bind]]\nkeys = \"x\"\nrun = \"move.up\"\n\
         [[bind]]\nkeys = \"x\"\nrun = \"move.down\"\n\
         [[bind]]\nkeys = \"x x\"\nrun = \"app.quit\"\n\
         [[bind]]\nkey = \"x\"\nrun = \"app.quit\"\n",
    ));
    let told: Vec<(usize, &str)> =
        map.problems.iter().map(|p| (p.line, p.message.as_str())).collect();
    insta::assert_debug_snapshot!(told);
    assert_eq!(map.find(&sequence("x").unwrap(), on(&[])), Found::Run(Command::Up));
    let broken = KeyMap::with_user(Some("[[bind]\nkeys"));
    assert_eq!(broken.problems.len(), 1);
    assert_eq!(broken.problems[0].line, 1);
}
