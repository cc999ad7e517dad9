use super::*;
use crate::config::Paths;
use crate::domain::policy::Scope;
use crate::worker::job::Job;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_jobs_number_is_told_before_its_end() {
    let home = tempfile::tempdir().unwrap();
    let paths = Paths::find(Some(home.path()), "default").unwrap();
    let mut desk = Desk::new(Profile::open(paths, "default").await.unwrap());
    for ticket in 0..100 {
        // Without an agreement type it ends at once.
        desk.perform(Effect::Submit { ticket, job: Job::Plan(Scope::default()) });
        if ticket % 2 == 0 {
            // Whoever is slow to listen finds both there.
            while desk.events.is_empty() {
                tokio::task::yield_now().await;
            }
        }
        let mut number = None;
        loop {
            match desk.next().await {
                Heard::Message(Message::Submitted { ticket: told, job }) => {
                    assert_eq!(told, ticket);
                    number = Some(job);
                }
                Heard::Message(Message::Worker(Event::Ended { job, .. })) => {
                    assert_eq!(number, Some(job), "it ended before its number was told");
                    break;
                }
                _ => {}
            }
        }
    }
}
