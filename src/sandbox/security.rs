//! The security role of the API member: which rights it has, which of them are withdrawn, and how
//! `GET /system/mySecurity` shows that (connectwise-api.md 13).

use serde_json::{Value, json};

use super::refusal::Refusal;

/// What a request wants to do with records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Add,
    Edit,
    Delete,
    Inquire,
}

/// How far a right goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    None,
    My,
    All,
}

/// A module's function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Function {
    pub module: &'static str,
    pub name: &'static str,
    /// What the sandbox's role has: everything, or reading only, or nothing.
    grant: Grant,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grant {
    Everything,
    Reading,
    Nothing,
}

pub(super) const COMPANIES: Function =
    Function { module: "Companies", name: "Company Maintenance", grant: Grant::Reading };
pub(super) const CONTACTS: Function =
    Function { module: "Companies", name: "Contacts", grant: Grant::Reading };
pub(super) const AGREEMENTS: Function =
    Function { module: "Finance", name: "Agreements", grant: Grant::Everything };
pub(super) const CATALOG: Function =
    Function { module: "Procurement", name: "Product Catalog", grant: Grant::Reading };
pub(super) const TABLES: Function =
    Function { module: "System", name: "Table Setup", grant: Grant::Reading };
pub(super) const MY_COMPANY: Function =
    Function { module: "System", name: "My Company", grant: Grant::Reading };

/// The role's rows, with some that have nothing to do with billing.
const ROLE: &[Function] = &[
    COMPANIES,
    CONTACTS,
    Function { module: "Companies", name: "Configurations", grant: Grant::Nothing },
    AGREEMENTS,
    Function { module: "Finance", name: "Invoicing", grant: Grant::Reading },
    CATALOG,
    Function { module: "Procurement", name: "Purchase Orders", grant: Grant::Nothing },
    Function { module: "Project", name: "Project Headers", grant: Grant::Nothing },
    Function { module: "Sales", name: "Opportunity", grant: Grant::Nothing },
    Function { module: "Service Desk", name: "Service Tickets", grant: Grant::Reading },
    Function { module: "System", name: "Member Maintenance", grant: Grant::Nothing },
    MY_COMPANY,
    TABLES,
];

const ACTIONS: [(&str, Action); 4] = [
    ("Add", Action::Add),
    ("Edit", Action::Edit),
    ("Delete", Action::Delete),
    ("Inquire", Action::Inquire),
];

/// `Module/Function`, `Module/Function/Action` or either with `=My`.
struct Withdrawal<'a> {
    module: &'a str,
    function: &'a str,
    action: Option<Action>,
    left: Level,
}

fn read(text: &str) -> Option<Withdrawal<'_>> {
    let (path, left) = match text.split_once('=') {
        None => (text, Level::None),
        Some((path, level)) if level.eq_ignore_ascii_case("my") => (path, Level::My),
        Some((path, level)) if level.eq_ignore_ascii_case("none") => (path, Level::None),
        Some(_) => return None,
    };
    let mut parts = path.split('/').map(str::trim);
    let (module, function) = (parts.next()?, parts.next()?);
    let action = match parts.next() {
        None => None,
        Some(a) => Some(ACTIONS.iter().find(|(n, _)| n.eq_ignore_ascii_case(a))?.1),
    };
    parts.next().is_none().then_some(Withdrawal { module, function, action, left })
}

/// Whether the text names a right of the role.
pub(super) fn is_right(text: &str) -> bool {
    read(text).is_some_and(|w| {
        ROLE.iter().any(|f| {
            f.module.eq_ignore_ascii_case(w.module) && f.name.eq_ignore_ascii_case(w.function)
        })
    })
}

/// The level that the role has, after what was withdrawn.
pub(super) fn level(function: Function, action: Action, withdrawn: &[String]) -> Level {
    let granted = match function.grant {
        Grant::Everything => Level::All,
        Grant::Reading if action == Action::Inquire => Level::All,
        _ => Level::None,
    };
    let taken = withdrawn.iter().filter_map(|t| read(t)).find(|w| {
        function.module.eq_ignore_ascii_case(w.module)
            && function.name.eq_ignore_ascii_case(w.function)
            && w.action.is_none_or(|a| a == action)
    });
    match taken {
        Some(w) if granted != Level::None => w.left,
        _ => granted,
    }
}

/// Refuses what the role may not do. `My` passes: other people's records are hidden from lists
/// without an error.
pub(super) fn require(
    function: Function,
    action: Action,
    withdrawn: &[String],
) -> Result<Level, Refusal> {
    match level(function, action, withdrawn) {
        Level::None => Err(Refusal::security()),
        l => Ok(l),
    }
}

/// `GET /system/mySecurity`.
pub(super) fn my_security(withdrawn: &[String]) -> Vec<Value> {
    let word = |l: Level| match l {
        Level::None => "None",
        Level::My => "My",
        Level::All => "All",
    };
    ROLE.iter()
        .zip(1_i64..)
        .map(|(f, id)| {
            let of = |a: Action| word(level(*f, a, withdrawn));
            let identifier: String = f.name.chars().filter(|c| !c.is_whitespace()).collect();
            let module: String = f.module.chars().filter(|c| !c.is_whitespace()).collect();
            json!({
                "id": id,
                "addLevel": of(Action::Add),
                "editLevel": of(Action::Edit),
                "deleteLevel": of(Action::Delete),
                "inquireLevel": of(Action::Inquire),
                "moduleFunctionName": f.name,
                "moduleFunctionDescription": f.name,
                "myAllFlag": true,
                "moduleFunctionIdentifier": identifier,
                "reportFlag": false,
                "restrictFlag": false,
                "customFlag": f.name == "Table Setup",
                "moduleDescription": f.module,
                "moduleIdentifier": module,
                "moduleName": f.module,
                "sortOrder": id,
            })
        })
        .collect()
}

/// Setup tables that the role can be kept from seeing: ConnectWise's name, and ours.
const SETUP_TABLES: [(&str, &str); 5] = [
    ("Agreement Types", "agreementTypes"),
    ("Billing Cycle", "billingCycles"),
    ("Billing Terms", "billingTerms"),
    ("Currency", "currencies"),
    ("Custom Fields", "userFields"),
];

/// Whether the text names a setup table.
pub(super) fn is_table(text: &str) -> bool {
    SETUP_TABLES.iter().any(|(name, _)| name.eq_ignore_ascii_case(text))
}

/// Whether a table, by our name, is among the hidden ones.
pub(super) fn is_hidden(table: &str, hidden: &[String]) -> bool {
    SETUP_TABLES
        .iter()
        .any(|(name, ours)| *ours == table && hidden.iter().any(|h| h.eq_ignore_ascii_case(name)))
}

/// `GET /system/mySecurity/customizeItems/`: the setup tables that the role may see.
pub(super) fn customize_items(hidden: &[String]) -> Vec<Value> {
    SETUP_TABLES
        .iter()
        .filter(|(_, ours)| !is_hidden(ours, hidden))
        .map(|(name, _)| name)
        .zip(1_i64..)
        .map(|(item, id)| {
            json!({"id": id, "customizeIdentifier": "SystemTableSetup", "itemIdentifier": item})
        })
        .collect()
}
