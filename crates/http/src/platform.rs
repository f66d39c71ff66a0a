//! The installation itself: background jobs, and the sandbox.

mod bounces;
mod jobs;
mod sandbox;

use crate::server::Register;

/// The operations of the room. Those of the sandbox exist in a sandbox only.
pub fn routes(config: &mut impl Register, sandbox: bool) {
    config.service(jobs::list_jobs).service(jobs::read_job).service(jobs::retry_job).service(bounces::report_bounce);
    if sandbox {
        config
            .service(sandbox::read_sandbox_clock)
            .service(sandbox::move_sandbox_clock)
            .service(sandbox::list_sandbox_mailbox)
            .service(sandbox::clear_sandbox_mailbox)
            .service(sandbox::reset_sandbox);
    }
}
