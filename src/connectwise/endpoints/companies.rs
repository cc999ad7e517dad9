//! Companies, each with the contact that an agreement would be made with: the default contact,
//! else the oldest active one (connectwise-api.md 11).

use std::collections::HashMap;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::setup::may_be_hidden;
use crate::connectwise::conditions::{Conditions, Field};
use crate::connectwise::paging::{List, Progress, SILENT, gather, walk};
use crate::connectwise::records::company::{self, CompanyRecord};
use crate::connectwise::records::contact::{self, ContactRecord};
use crate::connectwise::{Client, PsaError};
use crate::domain::psa::Company;

/// Room for a filter, so that the whole address stays below 2,000 characters when every comma
/// becomes three.
const ROOM: usize = 900;

/// With more companies to ask for, reading all contacts takes fewer requests.
const MANY: usize = 2_000;

impl Client {
    /// All companies with the contact that an agreement would be made with. Where the role may not
    /// see contacts, only the default contacts are there.
    ///
    /// # Errors
    /// See [`PsaError`].
    pub async fn companies(&self, progress: Progress<'_>) -> Result<Vec<Company>, PsaError> {
        let list = List::of("/company/companies").fields(company::FIELDS);
        let all = gather::<CompanyRecord>(self.transport(), &list, progress).await?;
        let mut all: Vec<Company> = all.into_iter().map(Company::from).collect();
        let lacking: Vec<i64> =
            all.iter().filter(|c| c.contact.is_none() && !c.deleted).map(|c| c.id).collect();
        let contacts = match self.contacts_of(&lacking).await {
            Err(e) if may_be_hidden(&e) => {
                tracing::warn!(
                    companies = lacking.len(),
                    "contacts cannot be read; companies without a default contact have none: {}",
                    e.problem().message
                );
                Vec::new()
            }
            other => other?,
        };
        let mut best: HashMap<i64, ContactRecord> = HashMap::new();
        for contact in contacts {
            let company = contact.company();
            let better = |old: Option<&ContactRecord>| match (contact.rank(), old) {
                (None, _) => false,
                (Some(_), None) => true,
                (Some(rank), Some(old)) => old.rank().is_none_or(|o| rank < o),
            };
            if better(best.get(&company)) {
                best.insert(company, contact);
            }
        }
        for company in all.iter_mut().filter(|c| c.contact.is_none()) {
            company.contact = best.get(&company.id).map(ContactRecord::named);
        }
        Ok(all)
    }

    async fn contacts_of(&self, companies: &[i64]) -> Result<Vec<ContactRecord>, PsaError> {
        let active = || Conditions::flag(Field("inactiveFlag"), false);
        let list = List::of("/company/contacts").fields(contact::FIELDS);
        if companies.len() > MANY {
            return gather(self.transport(), &list.filtered(active()), SILENT).await;
        }
        let filters = Conditions::any_of(Field("company/id"), companies, ROOM);
        let pages: Vec<Vec<ContactRecord>> = stream::iter(filters)
            .map(|filter| {
                let list = list.clone().filtered(filter.and(active()));
                async move { walk(self.transport(), &list, SILENT).await }
            })
            .buffer_unordered(self.transport().concurrency)
            .try_collect()
            .await?;
        Ok(pages.into_iter().flatten().collect())
    }
}
