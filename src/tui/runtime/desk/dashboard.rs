//! The dashboard's figures, from grouped lines: their cost does not grow with the lines.

use std::collections::{BTreeMap, HashMap, HashSet};

use rust_decimal::Decimal;

use super::{Inner, refused};
use crate::domain::line::Text;
use crate::domain::money::Currency;
use crate::domain::period::Period;
use crate::domain::problem::Problem;
use crate::domain::status::{MappingStatus, PsaStatus};
use crate::domain::totals::LineGroup;
use crate::flows;
use crate::store::{Moment, StoreError};
use crate::tui::model::dashboard::DashboardData;
use crate::tui::model::message::Answer;
use crate::tui::model::record::{Money, add_money};
use crate::worker::mapping_view::{company_usable, product_usable};

impl Inner {
    /// Answers with the dashboard's figures: what needs no counting at once, the rest behind it.
    pub(super) async fn tell_dashboard(&self, generation: u64) {
        let data = self.dashboard(generation).await.map(Box::new);
        self.answer(Answer::Dashboard { generation, data }).await;
    }

    async fn dashboard(&self, generation: u64) -> Result<DashboardData, Problem> {
        let store = &self.profile.store;
        let lists = self.lists().await?;
        let (organizations, offers, unread) =
            tokio::try_join!(store.organizations(), store.offers(), store.response_error())
                .map_err(refused)?;
        let companies: HashSet<i64> =
            lists.companies.iter().filter(|c| company_usable(c)).map(|c| c.id).collect();
        let products: HashSet<i64> =
            lists.products.iter().filter(|p| product_usable(p)).map(|p| p.id).collect();
        let by_organization: HashMap<(Text, Text), (bool, bool)> = organizations
            .iter()
            .map(|o| {
                let mapped = o.companies.first().is_some_and(|c| companies.contains(c));
                ((o.source.clone(), o.id.clone()), (mapped, o.excluded))
            })
            .collect();
        let by_offer: HashMap<(Text, Text), bool> = offers
            .iter()
            .map(|o| {
                let mapped = o.product.is_some_and(|p| products.contains(&p));
                ((o.source.clone(), o.id.clone()), mapped)
            })
            .collect();

        let mut data = self.moments().await.map_err(refused)?;
        data.organizations = (
            organizations.len() as u64,
            by_organization.values().filter(|(mapped, excluded)| !mapped && !excluded).count()
                as u64,
            by_organization.values().filter(|(_, excluded)| *excluded).count() as u64,
        );
        data.offers =
            (offers.len() as u64, by_offer.values().filter(|mapped| !**mapped).count() as u64);
        data.records = (
            lists.companies.len() as u64,
            lists.products.len() as u64,
            lists.agreements.len() as u64,
        );
        let known = Box::new(DashboardData { counting: true, ..data.clone() });
        self.answer(Answer::Dashboard { generation, data: Ok(known) }).await;
        let groups = store.totals(&[]).await.map_err(refused)?;
        let mut months: BTreeMap<(Currency, Period), Decimal> = BTreeMap::new();
        let mut lines_in: HashMap<Currency, u64> = HashMap::new();
        for g in &groups {
            let key = (g.source.clone(), g.organization.clone());
            let (company, excluded) = by_organization.get(&key).copied().unwrap_or((false, true));
            let company = g.company.map_or(company, |c| companies.contains(&c));
            let product = g.product.map_or_else(
                || by_offer.get(&(g.source.clone(), g.offer.clone())).copied().unwrap_or(false),
                |p| products.contains(&p),
            );
            let mapped = company && product;
            let status = match mapped {
                true if unread => MappingStatus::ResponseError,
                true => MappingStatus::Mapped,
                false => MappingStatus::Unmapped,
            };
            count(&mut data.mapping[status as usize], g);
            let at = PsaStatus::ALL.iter().position(|s| *s == g.psa_status).unwrap_or(0);
            count(&mut data.psa[at], g);
            *lines_in.entry(g.currency).or_default() += g.lines;
            match g.psa_status {
                PsaStatus::Synced => {
                    *months.entry((g.currency, g.period)).or_default() += g.posted_total;
                    if g.source_total != g.posted_total {
                        data.revised += g.lines;
                    }
                }
                PsaStatus::Error if !excluded => data.failed += g.lines,
                PsaStatus::NotSynced if mapped && !excluded && g.may_be_posted => {
                    data.ready += g.lines;
                }
                _ => {}
            }
        }
        data.chart_currency = lines_in.into_iter().max_by_key(|(c, n)| (*n, *c)).map(|(c, _)| c);
        data.months = months
            .into_iter()
            .filter(|((c, _), _)| Some(*c) == data.chart_currency)
            .map(|((_, month), amount)| (month, amount))
            .collect();
        let rows = flows::equation(
            &groups,
            &organizations,
            &offers,
            &|id| companies.contains(&id),
            &|id| products.contains(&id),
        );
        data.equation = flows::by_currency(&rows);
        Ok(data)
    }

    async fn moments(&self) -> Result<DashboardData, StoreError> {
        let store = &self.profile.store;
        Ok(DashboardData {
            companies_at: store.moment(Moment::Companies).await?,
            products_at: store.moment(Moment::Products).await?,
            load_at: store.moment(Moment::Load).await?,
            sync_at: store.moment(Moment::Sync).await?,
            ..DashboardData::default()
        })
    }
}

fn count(into: &mut (u64, Money), g: &LineGroup) {
    into.0 += g.lines;
    add_money(&mut into.1, g.currency, g.source_total);
}
