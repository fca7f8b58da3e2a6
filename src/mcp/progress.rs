//! Progress on its way to the client, beside the call and never in its way.

use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model::{ProgressNotificationParam, ProgressToken};
use rmcp::service::Peer;
use tokio::sync::mpsc::Receiver;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::tool::call_context::Progress;

/// Reports that are still to be sent when the call has ended may hold its answer up for this long.
const LAST_REPORTS_MAX: Duration = Duration::from_millis(500);

/// Runs `call` and sends what it reports, every report before the answer.
pub(super) async fn beside<T>(
    call: impl Future<Output = T>,
    mut reports: Receiver<Progress>,
    token: ProgressToken,
    peer: &Peer<RoleServer>,
) -> T {
    let ended = CancellationToken::new();
    let call = async {
        let result = call.await;
        ended.cancel();
        result
    };
    let sending = async {
        let mut reached = f64::NEG_INFINITY;
        while let Some(report) = next(&mut reports, &ended).await {
            // MCP: progress must grow; what does not is no progress.
            if report.done > reached {
                reached = report.done;
                let _ = peer.notify_progress(notification(report, token.clone())).await;
            }
        }
    };
    let patient = async {
        tokio::select! {
            () = sending => {}
            // Only a client that does not read loses reports.
            () = async { ended.cancelled().await; sleep(LAST_REPORTS_MAX).await } => {}
        }
    };
    tokio::join!(call, patient).0
}

/// The next report; `None` when the call has ended and nothing is left to say.
async fn next(reports: &mut Receiver<Progress>, ended: &CancellationToken) -> Option<Progress> {
    tokio::select! {
        biased;
        report = reports.recv() => report,
        () = ended.cancelled() => None,
    }
}

fn notification(report: Progress, token: ProgressToken) -> ProgressNotificationParam {
    let mut param = ProgressNotificationParam::new(token, report.done);
    param.total = report.total;
    param.message = report.message;
    param
}
