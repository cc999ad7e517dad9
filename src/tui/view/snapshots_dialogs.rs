//! Every dialog, empty and error states, and other looks: no colours, ASCII.

use ratatui::style::{Color, Modifier};

use super::snapshots::{cells, look, screen, styled};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;
use crate::tui::model::edit::BulkPreview;
use crate::tui::model::effect::Effect;
use crate::tui::model::grid::GridId;
use crate::tui::model::layer::picker::{Choice, Chosen};
use crate::tui::model::message::Answer;
use crate::tui::model::sample::{checks, fill, fresh, on, press, ready, settings, tell, type_text};
use crate::tui::model::sample_posting::{end, planned};
use crate::tui::model::{Model, Tab};
use crate::tui::view::glyphs;
use crate::tui::view::theme::{Depth, SHIPPED};
use crate::worker::job::Outcome;

fn picker(width: u16, height: u16) -> Model {
    let mut model = on(Tab::Organizations, width, height);
    press(&mut model, "j j m");
    let effects = type_text(&mut model, "sample");
    let generation = effects
        .iter()
        .rev()
        .find_map(|e| match e {
            Effect::Choices { generation, .. } => Some(*generation),
            _ => None,
        })
        .unwrap();
    let suggested = |id, score, title: &str, detail: &str, reason: &str| Choice {
        score: Some(score),
        reason: reason.into(),
        ..Choice::plain(Chosen::Id(id), title, detail)
    };
    let choices = vec![
        suggested(1, 96, "株式会社サンプル", "Tokyo", "the names are the same"),
        suggested(
            2,
            71,
            "Sample Trading Cooperative of the Northern Provinces, Limited",
            "Ulaanbaatar, Mongolia",
            "the names have the same rare words: sample",
        ),
        Choice::plain(Chosen::Id(3), "Sampler & Sons", "Hull, United Kingdom (inactive)"),
        Choice::plain(Chosen::Nothing, "(none)", "no company"),
    ];
    tell(&mut model, Answer::Choices { generation, choices, total: 1204 });
    model
}

fn bulk(width: u16, height: u16) -> Model {
    let mut model = on(Tab::Organizations, width, height);
    press(&mut model, "A b");
    let effects = press(&mut model, "j Enter");
    let Some(Effect::Preview { generation, .. }) = effects.first() else { panic!("{effects:?}") };
    let row = |name: &str| [harmless(name), "Excluded from Sync".into(), "Yes".into(), "No".into()];
    let preview = BulkPreview {
        changes: 3,
        same: 3,
        frozen: 1,
        examples: vec![row("Fabrikam, Inc."), row("株式会社サンプル"), row("עברית בע\"מ")],
    };
    tell(&mut model, Answer::Preview { generation: *generation, result: Ok(preview) });
    press(&mut model, "j");
    model
}

fn bulk_lines(width: u16, height: u16) -> Model {
    let mut model = on(Tab::Invoices, width, height);
    press(&mut model, "Space Space b");
    model
}

fn problem() -> Problem {
    Problem::new(
        ProblemKind::PsaRefused,
        "rate-limited",
        "ConnectWise answered 429 to GET /company/companies seven times in a row",
        "wait a minute, then press r again; lower connectwise.requests_per_minute if it comes back",
    )
}

fn permissions(width: u16, height: u16) -> Model {
    let mut model = on(Tab::Credentials, width, height);
    press(&mut model, "v");
    end(&mut model, 1, Outcome::Verified(checks()));
    model
}

#[test]
fn choosing() {
    look!("palette", |w, h| {
        let mut model = on(Tab::Invoices, w, h);
        press(&mut model, ":");
        type_text(&mut model, "sync");
        model
    });
    look!("help", |w, h| {
        let mut model = on(Tab::Organizations, w, h);
        press(&mut model, "?");
        model
    });
    look!("picker", picker);
    look!("picker_setting", |w, h| {
        let mut model = on(Tab::Configuration, w, h);
        press(&mut model, "j Enter");
        model
    });
    look!("picker_nothing", |w, h| {
        let mut model = on(Tab::Configuration, w, h);
        press(&mut model, "j Enter");
        type_text(&mut model, "zzz");
        model
    });
    look!("periods", |w, h| {
        let mut model = on(Tab::Invoices, w, h);
        press(&mut model, "p");
        model
    });
}

#[test]
fn changing() {
    look!("bulk", bulk);
    look!("bulk_lines", bulk_lines);
    look!("load", |w, h| {
        let mut model = on(Tab::Invoices, w, h);
        press(&mut model, "L");
        model
    });
    look!("columns", |w, h| {
        let mut model = on(Tab::Invoices, w, h);
        press(&mut model, "c j j");
        model
    });
    look!("prompt_wrong", |w, h| {
        let mut model = on(Tab::Invoices, w, h);
        press(&mut model, "e s");
        type_text(&mut model, "x");
        press(&mut model, "Enter");
        model
    });
    look!("delete", |w, h| {
        let mut model = on(Tab::Credentials, w, h);
        press(&mut model, "D");
        type_text(&mut model, "def");
        model
    });
    look!("sequence", |w, h| {
        let mut model = on(Tab::Invoices, w, h);
        press(&mut model, "e");
        model
    });
}

#[test]
fn reading() {
    look!("line", |w, h| {
        let mut model = on(Tab::Invoices, w, h);
        press(&mut model, "j j j d");
        model
    });
    look!("log_entry", |w, h| {
        let mut model = on(Tab::Logs, w, h);
        press(&mut model, "Enter");
        model
    });
    look!("dictionary", |w, h| {
        let mut model = on(Tab::Configuration, w, h);
        press(&mut model, "w");
        model
    });
    look!("how_to", |w, h| {
        let mut model = on(Tab::Credentials, w, h);
        press(&mut model, "i");
        model
    });
    look!("practices", |w, h| {
        let mut model = on(Tab::Products, w, h);
        press(&mut model, "B");
        model
    });
    look!("figures", |w, h| {
        let mut model = ready(w, h);
        press(&mut model, "d");
        model
    });
    look!("permissions", permissions);
    look!("permission", |w, h| {
        let mut model = permissions(w, h);
        press(&mut model, "Enter");
        model
    });
}

#[test]
fn nothing_and_trouble() {
    look!("closed", |w, h| {
        let mut model = fresh(w, h);
        tell(&mut model, Answer::Settings(Box::new(settings(false))));
        press(&mut model, "6");
        model
    });
    look!("first_start", |w, h| {
        let mut model = fresh(w, h);
        tell(&mut model, Answer::Settings(Box::new(settings(false))));
        model
    });
    for (name, tab, grid) in [
        ("empty_organizations", Tab::Organizations, GridId::Organizations),
        ("empty_products", Tab::Products, GridId::Products),
        ("empty_invoices", Tab::Invoices, GridId::Invoices),
        ("empty_logs", Tab::Logs, GridId::Logs),
        ("empty_plan", Tab::Sync, GridId::Companies),
    ] {
        let mut model = on(tab, 80, 24);
        fill(&mut model, grid, vec![]);
        insta::assert_snapshot!(format!("{name}_80x24"), screen(&model));
    }
    look!("filtered_out", |w, h| {
        let mut model = on(Tab::Organizations, w, h);
        press(&mut model, "/");
        type_text(&mut model, "colour:red zzz");
        fill(&mut model, GridId::Organizations, crate::tui::model::sample::organizations());
        model
    });
    look!("trouble", |w, h| {
        let mut model = on(Tab::Organizations, w, h);
        let query = model.grid_mut(GridId::Organizations).renew();
        let (grid, generation) = (query.grid, query.generation);
        tell(&mut model, Answer::NoRows { grid, generation, problem: problem() });
        tell(&mut model, Answer::Failed(problem()));
        model
    });
    look!("marked", |w, h| {
        let mut model = on(Tab::Invoices, w, h);
        press(&mut model, "Space j Space V j j");
        model
    });
    look!("frozen", |w, h| {
        let mut model = on(Tab::Invoices, w, h);
        press(&mut model, "l l l l l l l l l l l l l l");
        model
    });
}

#[test]
fn other_looks() {
    let model = planned(80, 24);
    let plain = styled(&model, Depth::Sixteen, glyphs::ASCII);
    insta::assert_snapshot!("ascii_80x24", plain);
    let mut rest = vec![
        on(Tab::Organizations, 80, 24),
        picker(80, 24),
        bulk(80, 24),
        ready(160, 50),
        permissions(80, 24),
    ];
    rest.iter_mut().for_each(Model::begin_tour);
    for model in &rest {
        // Names stay as they are; what the app itself draws is ASCII.
        let names: String = styled(model, Depth::None, glyphs::ASCII)
            .chars()
            .filter(|c| !c.is_ascii() && !c.is_alphabetic() && *c != '\u{fffd}')
            .collect();
        assert_eq!(names, "", "{:?}", model.tab);
    }
}

#[test]
fn without_colours_cursor_marks_and_the_tab_in_front_can_still_be_told() {
    let mut model = on(Tab::Invoices, 80, 24);
    press(&mut model, "Space");
    for theme in SHIPPED {
        let buffer = cells(&model, theme, Depth::None, glyphs::ASCII);
        for cell in buffer.content() {
            assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset), "{theme}");
        }
        let style = |x: u16, y: u16| buffer[(x, y)].modifier;
        assert!(style(30, 4).contains(Modifier::REVERSED), "the cursor's row");
        assert_ne!(style(2, 4), style(30, 4), "and its cell");
        assert_eq!(buffer[(0, 3)].symbol(), "*", "a marked row");
        let tabs: Vec<Modifier> = (0..80).map(|x| style(x, 0)).collect();
        let (front, other) = (tabs[48], tabs[2]);
        assert_ne!(front, other, "the tab in front: {tabs:?}");
    }
}

#[test]
fn sixteen_colours_are_names_and_themes_differ() {
    let model = on(Tab::Invoices, 80, 24);
    let looks: Vec<_> =
        SHIPPED.map(|theme| cells(&model, theme, Depth::Sixteen, glyphs::PLAIN)).into();
    for buffer in &looks {
        for cell in buffer.content() {
            for colour in [cell.fg, cell.bg] {
                assert!(!matches!(colour, Color::Rgb(..) | Color::Indexed(_)), "{colour:?}");
            }
        }
    }
    assert_ne!(looks[1], looks[2], "dark and light");
}
