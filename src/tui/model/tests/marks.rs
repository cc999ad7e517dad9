//! Marking rows, and what an action is then about.

use super::super::Tab;
use super::super::effect::Effect;
use super::super::grid::{GridId, Target};
use super::super::message::Answer;
use super::super::record::RowId;
use super::super::sample::{
    eur, fill, line, money, month, on, organizations, press, tell, type_text,
};
use crate::domain::line::LineId;
use crate::tui::model::Model;

const LINES: GridId = GridId::Invoices;

fn marked(model: &Model) -> u64 {
    model.grid(LINES).marks.count()
}

#[test]
fn space_marks_and_goes_on_and_the_footer_has_count_and_money() {
    let mut model = on(Tab::Invoices, 80, 24);
    press(&mut model, "Space Space");
    assert_eq!((marked(&model), model.grid(LINES).at), (2, 2));
    assert_eq!(model.grid(LINES).marks.money(), [(eur(), money("37.50"))]);
    press(&mut model, "k Space");
    assert_eq!(marked(&model), 1, "a second Space takes the mark away");
}

#[test]
fn a_range_is_marked_from_where_it_began_both_ways() {
    let mut model = on(Tab::Invoices, 80, 24);
    press(&mut model, "V j j V");
    assert_eq!(marked(&model), 3);
    press(&mut model, "Z j j j V k k Space");
    assert_eq!(marked(&model), 3);
    let Some(Target::Rows { rows, .. }) = model.grid(LINES).target() else {
        panic!("rows by id");
    };
    assert_eq!(rows, [3, 4, 5].map(|i| RowId::Line(LineId(i))));
    press(&mut model, "Z V j Esc");
    assert_eq!((marked(&model), model.grid(LINES).range), (0, None), "Esc leaves the range");
}

#[test]
fn a_long_range_asks_for_the_rows_that_are_not_at_hand() {
    let mut model = on(Tab::Invoices, 80, 24);
    press(&mut model, "V");
    let effects = press(&mut model, "G V");
    let Some(Effect::Slice { query }) = effects.iter().find(|e| matches!(e, Effect::Slice { .. }))
    else {
        panic!("{effects:?}");
    };
    assert_eq!((query.start, query.count), (0, 200));
    let generation = query.generation;
    let rows = (0..200).map(line).collect();
    tell(&mut model, Answer::Slice { grid: LINES, generation, rows });
    assert_eq!(marked(&model), 200);
}

#[test]
fn one_key_marks_all_that_the_filter_lets_through_but_what_is_taken_away() {
    let rows: Vec<_> = (0..200).map(line).collect();
    let mut model = on(Tab::Invoices, 80, 24);
    press(&mut model, "/");
    type_text(&mut model, "status:synced");
    fill(&mut model, LINES, rows);
    press(&mut model, "Enter A Space");
    assert_eq!(marked(&model), 49);
    let Some(Target::Matching { filter, except, count, .. }) = model.grid(LINES).target() else {
        panic!("by filter");
    };
    assert_eq!((filter.terms.len(), except.len(), count), (1, 1, 49));
}

#[test]
fn marks_by_filter_do_not_reach_into_another_month() {
    let mut model = on(Tab::Invoices, 80, 24);
    assert_eq!(model.grid(LINES).period, Some(month("2026-10")));
    press(&mut model, "A ]");
    press(&mut model, "[");
    let mut other = line(0);
    if let super::super::record::Record::Line(row) = &mut other.record {
        row.line.period = month("2026-09");
    }
    let grid = model.grid(LINES);
    assert!(grid.marks.has(LINES, &line(0)));
    assert!(!grid.marks.has(LINES, &other), "the action would leave it out");
}

#[test]
fn marks_by_filter_are_counted_anew_when_the_data_changes() {
    let mut model = on(Tab::Organizations, 80, 24);
    press(&mut model, "/");
    type_text(&mut model, "status:unmapped");
    fill(&mut model, GridId::Organizations, organizations());
    press(&mut model, "Enter A");
    assert_eq!(model.grid(GridId::Organizations).marks.count(), 5);
    // All of them were mapped: nothing is marked any more.
    let mapped = organizations().into_iter().take(2).collect();
    fill(&mut model, GridId::Organizations, mapped);
    assert!(model.grid(GridId::Organizations).marks.is_empty());
}

#[test]
fn escape_leaves_range_marks_and_filter_one_by_one() {
    let mut model = on(Tab::Invoices, 80, 24);
    press(&mut model, "/");
    type_text(&mut model, "e");
    fill(&mut model, LINES, (0..200).map(line).collect());
    press(&mut model, "Enter Space V Esc");
    assert_eq!(model.grid(LINES).range, None);
    assert_eq!(marked(&model), 1);
    press(&mut model, "Esc");
    assert_eq!(marked(&model), 0);
    assert!(!model.grid(LINES).bar.field.is_empty());
    press(&mut model, "Esc");
    assert!(model.grid(LINES).bar.field.is_empty());
}

#[test]
fn marks_follow_rows_through_a_sort() {
    let mut model = on(Tab::Invoices, 80, 24);
    press(&mut model, "j Space");
    press(&mut model, "l l s s");
    fill(&mut model, LINES, (0..200).map(line).collect());
    assert!(model.grid(LINES).marks.has(LINES, &line(1)));
    assert_eq!(marked(&model), 1);
}

#[test]
fn copying_marked_rows_is_about_the_marked_ones() {
    let mut model = on(Tab::Invoices, 80, 24);
    let effects = press(&mut model, "Space Space y m");
    assert!(
        effects
            .iter()
            .any(|e| matches!(e, Effect::CopyTarget { target, .. } if target.count() == 2)),
        "{effects:?}"
    );
    let effects = press(&mut model, "g y c");
    assert!(effects.contains(&Effect::Copy { text: "Contoso Ltd".into(), rows: 1 }), "{effects:?}");
}
