//! Texts to read: what was found in the journal, in a bill, among names.

use crate::domain::audit::AuditReport;
use crate::domain::money::text as money;
use crate::domain::text::harmless;
use crate::sources::Look;
use crate::tui::model::grid::Tone;
use crate::tui::model::layer::reading::Text;
use crate::worker::mapping_file::MappingChange;
use crate::worker::match_lists::Matched;

/// Problems of a bill that are shown.
const PROBLEMS: usize = 100;
/// Queries that are shown with their candidates.
const QUERIES: usize = 200;

/// What the check of the audit journal found.
pub(super) fn audit(report: &AuditReport, kept: bool) -> Text {
    let mut text = Text::default();
    let head = &report.head;
    if report.is_whole() {
        text.toned(format!("The journal is whole: {} records.", head.length), Tone::Good);
        match &report.anchor {
            Some(note) if note.length == head.length => {
                text.line("The note beside the store says the same.");
            }
            _ => text.line("It is not behind the note beside the store."),
        }
        text.line(format!("{} writes to ConnectWise are what the records say.", report.entries));
        if kept {
            text.line("The head that you kept is in it.");
        }
    } else {
        let faults = report.faults.len() as u64 + report.more;
        text.toned(
            format!("The journal is NOT whole: {faults} faults in {} records.", head.length),
            Tone::Bad,
        );
        for f in &report.faults {
            text.toned(format!("{} ({})", harmless(&f.message), f.code), Tone::Bad);
        }
        if report.more > 0 {
            text.line(format!("and {} more", report.more));
        }
        text.heading("What to do");
        text.line(
            "Copy the data folder away before anything else, and find out who had access to it. \
             After a restored backup, or a move to another machine, a note that does not fit is to \
             be expected: the command Vouch for audit puts that on record.",
        );
    }
    text.heading("Head");
    text.line(head.hash.to_string());
    text.line(
        "Keep it elsewhere: given to the next check, it also shows a journal that was made anew.",
    );
    text
}

/// What a profile makes of a bill.
pub(super) fn bill(look: &Look) -> Text {
    let mut text = Text::default();
    let found = look.refusal.problems.len() as u64 + look.refusal.more;
    if found == 0 {
        text.toned(format!("{} lines would be loaded.", look.count), Tone::Good);
    } else {
        text.toned(format!("Nothing would be loaded: {found} problems."), Tone::Bad);
    }
    for p in look.refusal.problems.iter().take(PROBLEMS) {
        let row = p.row.map(|r| format!(", row {r}")).unwrap_or_default();
        let column = p.column.as_ref().map(|c| format!(", column {c}")).unwrap_or_default();
        text.toned(format!("{}{row}{column}: {} ({})", p.file, p.message, p.code), Tone::Bad);
        text.field("do", &p.remedy);
    }
    text.heading("Rows that are no lines");
    for (reason, n) in &look.left_out {
        text.field(&n.to_string(), reason);
    }
    text.heading("First lines");
    for l in look.lines.iter().map(|l| &l.loaded.line) {
        text.line(format!(
            "{}, {}: {} from {}, {} x {}, {} {}",
            l.organization_name,
            l.offer_name,
            l.charge_type,
            l.charge_start,
            l.quantity.normalize(),
            l.unit_price.map_or_else(|| "-".to_owned(), money),
            money(l.total),
            l.currency
        ));
    }
    for file in &look.files {
        text.heading(format!("Columns of {}", harmless(&file.file)));
        text.field("read by", &file.profile);
        match file.date_order {
            Some("mdy") => text.field("dates", "month/day/year"),
            Some(_) => text.field("dates", "day/month/year"),
            None => {}
        }
        let (used, kept): (Vec<_>, Vec<_>) = file.columns.iter().partition(|(_, f)| !f.is_empty());
        for (column, fields) in used {
            text.field(&harmless(column), fields.join(", "));
        }
        let kept: Vec<&str> = kept.iter().map(|(column, _)| column.as_str()).collect();
        text.field("kept beside", kept.join(", "));
    }
    text
}

/// What was found for names.
pub(super) fn matched(matched: &Matched) -> Text {
    let mut text = Text::default();
    let accepted = matched.accepted();
    text.line(format!(
        "{} queries against {} names: {accepted} would be mapped without a person (=), {} are for \
         a person.",
        matched.found.len(),
        matched.catalog,
        matched.found.len() - accepted
    ));
    if let Some(m) = &matched.figures {
        text.line(format!(
            "Of {} with a known answer: first {:.3}, mean reciprocal rank {:.3}, among five {:.3}, \
             accepted {:.3}, of these right {:.4}.",
            m.queries, m.top1, m.mrr, m.recall5, m.accepted, m.precision
        ));
    }
    for (query, candidates) in matched.found.iter().take(QUERIES) {
        text.heading(harmless(query));
        if candidates.is_empty() {
            text.toned("nothing is alike", Tone::Dim);
        }
        for c in candidates {
            let sign = if c.accepted { "=" } else { "" };
            let reasons: Vec<String> = c.reasons.iter().map(|r| r.text.to_string()).collect();
            text.field_toned(
                &format!("{:>3.0}% {sign}", c.score * 100.0),
                format!("{} {} ({})", c.id, c.name, reasons.join(", ")),
                if c.accepted { Tone::Good } else { Tone::Plain },
            );
        }
    }
    let more = matched.found.len().saturating_sub(QUERIES);
    if more > 0 {
        text.heading(format!("and {more} more queries"));
        text.line("addendum match --json lists all");
    }
    text
}

/// How alike the names of pairs are.
pub(super) fn pairs(pairs: &[(String, String, f32)]) -> Text {
    let mut text = Text::default();
    for (a, b, likeness) in pairs {
        text.field(&format!("{:>3.0}%", likeness * 100.0), format!("{a} = {b}"));
    }
    if pairs.is_empty() {
        text.line("The file has no pairs.");
    }
    text
}

/// A value that a mapping file changes.
pub(super) fn change(c: &MappingChange) -> String {
    let name = if c.platform_name.is_empty() { &c.platform_id } else { &c.platform_name };
    harmless(&format!("{name}: {} from {} to {}", c.field, c.from, c.to))
}
