//! The runtime that calls run on.

use std::thread::available_parallelism;

use napi::bindgen_prelude::create_custom_tokio_runtime;
use tokio::runtime::Builder;

/// JavaScript's one thread can't keep more busy: they would only wake each other.
const MOST_WORKERS: usize = 2;

/// Runs when the addon is loaded, before napi would make a runtime with a thread
/// for each processor.
#[napi_derive::module_init]
fn choose() {
    let workers = available_parallelism().map_or(1, |processors| processors.get().min(MOST_WORKERS));
    let runtime = Builder::new_multi_thread()
        .worker_threads(workers)
        .thread_name("partner-messaging")
        .enable_all()
        .build();
    // Without one napi tries by itself, and reports what goes wrong.
    if let Ok(runtime) = runtime {
        create_custom_tokio_runtime(runtime);
    }
}
