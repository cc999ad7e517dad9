//! Choose one of many: companies, products, agreements, months, values of a setting. The text
//! narrows the list as it is typed; suggestions come first, with their score and the reason.

use super::Layer;
use crate::domain::period::Period;
use crate::tui::field::Field;
use crate::tui::model::edit::Change;
use crate::tui::model::effect::Effect;
use crate::tui::model::grid::{GridId, Target};
use crate::tui::model::record::RowId;
use crate::tui::model::settings::Setting;
use crate::tui::model::{Model, fuzzy};

/// What is chosen from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChoiceKind {
    /// Companies; suggestions are for this row.
    Company(Option<RowId>),
    /// Catalog items; suggestions are for this row.
    Product(Option<RowId>),
    /// Agreements of this line's company, or of all.
    Agreement(Option<RowId>),
    /// A list that is at hand.
    List,
}

/// What a choice stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// A PSA record.
    Id(i64),
    /// A word.
    Word(String),
    /// A month; absent: all.
    Month(Option<Period>),
    /// Nothing: clears, or leaves it to the rules.
    Nothing,
}

/// A choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What it stands for.
    pub chosen: Chosen,
    /// Its name.
    pub title: String,
    /// What tells it from others of the same name.
    pub detail: String,
    /// Score of a suggestion, 0 to 100.
    pub score: Option<u8>,
    /// Why it is suggested.
    pub reason: String,
}

impl Choice {
    /// A choice of a list that is at hand.
    pub fn plain(chosen: Chosen, title: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            chosen,
            title: title.into(),
            detail: detail.into(),
            score: None,
            reason: String::new(),
        }
    }
}

/// What choosing does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// Change these rows.
    Change {
        /// For the toast and for undo.
        label: String,
        /// Which rows.
        target: Target,
        /// How the choice becomes a change.
        field: PickedField,
    },
    /// A field of the bulk update below.
    BulkField(usize),
    /// The month that the Invoices tab shows.
    ShowPeriod,
    /// The lines of an event, by its place in the list.
    ShowEvent,
    /// The text of a source profile.
    ShowProfile,
    /// A setting.
    Setting {
        /// Its key in the file.
        key: String,
        /// Its name for the toast.
        title: String,
    },
}

/// Which field the choice is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PickedField {
    /// The organization's default company.
    Company,
    /// A further company of the organization.
    AddCompany,
    /// The offer's product.
    Product,
    /// The line's company.
    LineCompany,
    /// The line's product.
    LineProduct,
    /// The line's agreement.
    LineAgreement,
}

impl PickedField {
    /// The change that a choice means; `None` for a choice that means nothing here.
    pub fn change(self, chosen: &Chosen) -> Option<Change> {
        let id = match chosen {
            Chosen::Id(id) => Some(*id),
            Chosen::Nothing => None,
            Chosen::Word(_) | Chosen::Month(_) => return None,
        };
        Some(match self {
            Self::Company => Change::Company(id),
            Self::AddCompany => Change::AddCompany(id?),
            Self::Product => Change::Product(id),
            Self::LineCompany => Change::LineCompany(id),
            Self::LineProduct => Change::LineProduct(id),
            Self::LineAgreement => Change::LineAgreement(id),
        })
    }

    /// What is chosen from, for a row.
    pub fn kind(self, row: Option<RowId>) -> ChoiceKind {
        match self {
            Self::Company | Self::AddCompany | Self::LineCompany => ChoiceKind::Company(row),
            Self::Product | Self::LineProduct => ChoiceKind::Product(row),
            Self::LineAgreement => ChoiceKind::Agreement(row),
        }
    }

    /// What the record is called.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Company | Self::AddCompany | Self::LineCompany => "company",
            Self::Product | Self::LineProduct => "product",
            Self::LineAgreement => "agreement",
        }
    }
}

/// The dialog.
#[derive(Debug, Clone)]
pub struct Picker {
    /// Its heading.
    pub title: String,
    /// What was typed.
    pub field: Field,
    /// What is chosen from.
    pub kind: ChoiceKind,
    /// What choosing does.
    pub purpose: Purpose,
    /// What is shown.
    pub choices: Vec<Choice>,
    /// All of a list that is at hand.
    pub list: Vec<Choice>,
    /// How many there are in all.
    pub total: u64,
    /// The cursor.
    pub at: usize,
    /// Whether an answer came.
    pub loaded: bool,
    /// Newest wins.
    pub generation: u64,
    /// The question that the choices are the answer to.
    answered: u64,
    /// Enter was pressed before the answer to the newest text was there: its first is taken.
    hasty: bool,
}

impl Picker {
    /// The cursor's place, for a click that moves it.
    pub(in crate::tui::model) fn place(&mut self) -> &mut usize {
        self.hasty = false;
        &mut self.at
    }

    /// The organization or offer that the choice under the cursor is suggested for, and its number.
    pub fn on_suggestion(&self) -> Option<(RowId, i64)> {
        let row = match &self.kind {
            ChoiceKind::Company(Some(row @ RowId::Organization(..)))
            | ChoiceKind::Product(Some(row @ RowId::Offer(..))) => row,
            _ => return None,
        };
        match self.choices.get(self.at)? {
            Choice { chosen: Chosen::Id(id), score: Some(_), .. } => Some((row.clone(), *id)),
            _ => None,
        }
    }

    /// Moves the cursor; who moves it wants to see before choosing.
    pub(super) fn step(&mut self, by: isize) {
        self.at = super::stepped(self.at, by, self.choices.len());
        self.hasty = false;
    }
}

impl Model {
    /// Opens a picker over PSA records.
    pub(in crate::tui::model) fn pick(
        &mut self,
        title: impl Into<String>,
        kind: ChoiceKind,
        purpose: Purpose,
    ) -> Vec<Effect> {
        self.open_picker(title.into(), kind, purpose, vec![])
    }

    /// Opens a picker over a list that is at hand, the cursor on what holds now.
    pub(in crate::tui::model) fn pick_from(
        &mut self,
        title: impl Into<String>,
        list: Vec<Choice>,
        now: &Chosen,
        purpose: Purpose,
    ) -> Vec<Effect> {
        let at = list.iter().position(|c| c.chosen == *now).unwrap_or(0);
        let effects = self.open_picker(title.into(), ChoiceKind::List, purpose, list);
        if let Some(Layer::Picker(p)) = self.layers.last_mut() {
            p.at = at;
        }
        effects
    }

    fn open_picker(
        &mut self,
        title: String,
        kind: ChoiceKind,
        purpose: Purpose,
        list: Vec<Choice>,
    ) -> Vec<Effect> {
        let picker = Picker {
            title,
            field: Field::default(),
            kind,
            purpose,
            choices: vec![],
            total: list.len() as u64,
            list,
            at: 0,
            loaded: false,
            generation: 0,
            answered: 0,
            hasty: false,
        };
        self.layers.push(Layer::Picker(Box::new(picker)));
        self.search_picker()
    }

    /// Searches with what is typed now.
    pub(super) fn search_picker(&mut self) -> Vec<Effect> {
        let generation = self.ticket();
        let Some(Layer::Picker(p)) = self.layers.last_mut() else { return vec![] };
        (p.generation, p.hasty) = (generation, false);
        if p.kind == ChoiceKind::List {
            let texts: Vec<String> =
                p.list.iter().map(|c| format!("{} {}", c.title, c.detail)).collect();
            p.choices = fuzzy::rank(p.field.text(), texts.iter().map(String::as_str))
                .into_iter()
                .map(|i| p.list[i].clone())
                .collect();
            p.at = 0;
            p.loaded = true;
            p.answered = generation;
            return vec![];
        }
        let text = p.field.text().to_owned();
        vec![Effect::Choices { generation, kind: p.kind.clone(), text }]
    }

    /// Takes what the search found; `None` when it is too old.
    pub(in crate::tui::model) fn take_choices(
        &mut self,
        generation: u64,
        choices: Vec<Choice>,
        total: u64,
    ) -> Option<Vec<Effect>> {
        for layer in self.layers.iter_mut().rev() {
            if let Layer::Picker(p) = layer
                && p.generation == generation
            {
                p.choices = choices;
                p.total = total;
                p.at = 0;
                p.loaded = true;
                p.answered = generation;
                let hasty = std::mem::take(&mut p.hasty);
                return Some(if hasty { self.accept_picker() } else { vec![] });
            }
        }
        None
    }

    /// Takes the choice under the cursor.
    pub(super) fn accept_picker(&mut self) -> Vec<Effect> {
        let Some(Layer::Picker(p)) = self.layers.last_mut() else { return vec![] };
        // What stands there is not what was typed yet: Enter is kept until it is.
        if p.answered != p.generation {
            p.hasty = true;
            return vec![];
        }
        let Some(choice) = p.choices.get(p.at).cloned() else { return vec![] };
        let purpose = p.purpose.clone();
        self.layers.pop();
        match purpose {
            Purpose::Change { label, target, field } => match field.change(&choice.chosen) {
                Some(change) => {
                    let label = match choice.chosen {
                        Chosen::Nothing => format!("{label}: none"),
                        _ => format!("{label} to {}", choice.title),
                    };
                    self.change(label, target, vec![change])
                }
                None => vec![],
            },
            Purpose::BulkField(i) => self.set_bulk_field(i, &choice),
            Purpose::ShowPeriod => match choice.chosen {
                Chosen::Month(month) => self.show_period(month),
                _ => vec![],
            },
            Purpose::ShowEvent => match choice.chosen {
                Chosen::Id(at) => self.show_event(usize::try_from(at).unwrap_or(usize::MAX)),
                _ => vec![],
            },
            Purpose::ShowProfile => {
                if let Chosen::Word(name) = &choice.chosen {
                    self.show_profile(name);
                }
                vec![]
            }
            Purpose::Setting { key, title } => {
                let value = match choice.chosen {
                    Chosen::Word(word) => Some(Setting::Text(word)),
                    _ => None,
                };
                let shown = match &value {
                    Some(Setting::Text(word)) => word.clone(),
                    _ => "default".to_owned(),
                };
                vec![Effect::Save {
                    what: format!("{title}: {shown}"),
                    changes: vec![(key, value)],
                }]
            }
        }
    }

    /// The suggestion under the cursor is wrong for the row: it goes, and does not come back.
    pub(super) fn reject_in_picker(&mut self) -> Vec<Effect> {
        let Some(Layer::Picker(p)) = self.layers.last_mut() else { return vec![] };
        let Some((row, id)) = p.on_suggestion() else { return vec![] };
        let choice = p.choices.remove(p.at);
        p.at = p.at.min(p.choices.len().saturating_sub(1));
        let grid = match row {
            RowId::Organization(..) => GridId::Organizations,
            _ => GridId::Products,
        };
        let target = Target::Rows { grid, rows: vec![row] };
        self.change(format!("reject {}", choice.title), target, vec![Change::Reject(id)])
    }

    /// The grid that a picker's rows belong to.
    pub(in crate::tui::model) fn label_of(target: &Target, what: &str) -> String {
        let count = target.count();
        let (one, many) = target.grid().noun();
        match (count, target.grid()) {
            (1, GridId::Invoices) => format!("{what} of the line"),
            (1, _) => format!("{what} of the {one}"),
            (n, _) => format!("{what} of {n} {many}"),
        }
    }
}
