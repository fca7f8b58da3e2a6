//! Progress notifications of a running call.

use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model::{ProgressNotificationParam, ProgressToken};
use rmcp::service::Peer;
use tokio::sync::mpsc::Receiver;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::tool::call_context::Progress;

/// Longest time for which unsent reports delay the response of a call that has ended.
const LAST_REPORTS_MAX: Duration = Duration::from_millis(500);

/// Runs `call` and sends its reports to the client meanwhile, all of them before the response.
pub(super) async fn send_beside<T>(
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
            // MCP: the progress value must increase with each notification.
            if report.done > reached {
                reached = report.done;
                let _ = peer.notify_progress(notification(report, token.clone())).await;
            }
        }
    };
    let bounded = async {
        tokio::select! {
            () = sending => {}
            // Reports are lost only if the client does not read.
            () = async { ended.cancelled().await; sleep(LAST_REPORTS_MAX).await } => {}
        }
    };
    tokio::join!(call, bounded).0
}

/// The next report; `None` when the call has ended and all reports were sent.
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
