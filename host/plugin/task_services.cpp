#include <thread>

#include <fmt/format.h>

#include "host/plugin/call.h"
#include "host/plugin/context.h"
#include "host/plugin/services.h"

// sluice.source-context/1 and sluice.sink-context/1: what tasks may ask of the loop that runs them.
namespace host::plugin {
namespace {

// The calls behind a context, or the reason why they cannot be used now. [task] functions belong to
// the thread of the loop: the loop's state has no lock.
template <class Calls> struct Access {
  std::shared_ptr<ContextCalls> held;
  sluice_status status = SLUICE_OK;

  Calls *operator->() const { return static_cast<Calls *>(held.get()); }
};

template <class Calls>
Access<Calls> access(sluice_ctx *ctx, ContextKind kind, std::string_view function, bool any_thread,
                     sluice_error *error) {
  Access<Calls> result;
  if (ctx == nullptr || ctx->kind != kind || !ctx->usable(function)) {
    result.status = give(error, Error(Code::Fatal, fmt::format("{} needs the context of a live "
                                                               "task",
                                                               function)));
    return result;
  }
  if (!any_thread && ctx->owner_thread.load() != std::this_thread::get_id()) {
    report_misbehaviour(ctx->class_name, fmt::format("{}called {} on a thread of its own",
                                                     ctx->log_context, function));
    result.status = give(error, Error(Code::Fatal, fmt::format("{} was called on a thread that is "
                                                               "not the task's",
                                                               function)));
    return result;
  }
  result.held = ctx->calls();
  if (result.held == nullptr)
    result.status = give(error, Error(Code::Fatal, "the task has ended"));
  return result;
}

sluice_status finish(const Status &status, sluice_error *error) {
  return status ? sluice_status{SLUICE_OK} : give(error, status.error());
}

sluice_status intern_partition(sluice_ctx *ctx, sluice_str json, std::uint32_t *id,
                               sluice_error *error) noexcept {
  const auto calls =
      access<SourceCalls>(ctx, ContextKind::Source, "intern_partition", false, error);
  if (calls.status != SLUICE_OK)
    return calls.status;
  const auto interned = calls->intern_partition(view(json));
  if (!interned)
    return give(error, interned.error());
  *id = *interned;
  return SLUICE_OK;
}

sluice_status read_offsets(sluice_ctx *ctx, const std::uint32_t *ids, std::size_t n,
                           sluice_offset_found found, void *found_ctx,
                           sluice_error *error) noexcept {
  const auto calls = access<SourceCalls>(ctx, ContextKind::Source, "read_offsets", false, error);
  if (calls.status != SLUICE_OK)
    return calls.status;
  const auto offsets = calls->read_offsets({ids, n});
  if (!offsets)
    return give(error, offsets.error());
  for (std::size_t i = 0; i < offsets->size(); ++i) {
    const auto &offset = (*offsets)[i];
    found(found_ctx, i, offset ? abi_str(*offset) : absent_str());
  }
  return SLUICE_OK;
}

std::int64_t max_record_bytes(sluice_ctx *ctx) noexcept {
  const auto calls =
      access<SourceCalls>(ctx, ContextKind::Source, "max_record_bytes", true, nullptr);
  return calls.status == SLUICE_OK ? calls->max_record_bytes() : 0;
}

sluice_status pause(sluice_ctx *ctx, const sluice_tp *tps, std::size_t n,
                    sluice_error *error) noexcept {
  const auto calls = access<SinkCalls>(ctx, ContextKind::Sink, "pause", false, error);
  return calls.status != SLUICE_OK ? calls.status : finish(calls->pause({tps, n}), error);
}

sluice_status resume(sluice_ctx *ctx, const sluice_tp *tps, std::size_t n,
                     sluice_error *error) noexcept {
  const auto calls = access<SinkCalls>(ctx, ContextKind::Sink, "resume", false, error);
  return calls.status != SLUICE_OK ? calls.status : finish(calls->resume({tps, n}), error);
}

sluice_status seek(sluice_ctx *ctx, const sluice_tp *tps, std::size_t n,
                   sluice_error *error) noexcept {
  const auto calls = access<SinkCalls>(ctx, ContextKind::Sink, "seek", false, error);
  return calls.status != SLUICE_OK ? calls.status : finish(calls->seek({tps, n}), error);
}

void request_commit(sluice_ctx *ctx) noexcept {
  const auto calls = access<SinkCalls>(ctx, ContextKind::Sink, "request_commit", true, nullptr);
  if (calls.status == SLUICE_OK)
    calls->request_commit();
}

void retry_after(sluice_ctx *ctx, std::int64_t ms) noexcept {
  const auto calls = access<SinkCalls>(ctx, ContextKind::Sink, "retry_after", false, nullptr);
  if (calls.status == SLUICE_OK)
    calls->retry_after(ms);
}

sluice_status report_record_error(sluice_ctx *ctx, const sluice_sink_batch *batch,
                                  std::size_t index, sluice_str message) noexcept {
  const auto calls =
      access<SinkCalls>(ctx, ContextKind::Sink, "report_record_error", true, nullptr);
  if (calls.status != SLUICE_OK)
    return calls.status;
  if (batch == nullptr || index >= batch->n_records)
    return SLUICE_E_FATAL;
  return finish(calls->report_record_error(*batch, index, view(message)), nullptr);
}

} // namespace

const sluice_source_context &source_context_table() {
  static constexpr sluice_source_context kTable = {sizeof(sluice_source_context), intern_partition,
                                                   read_offsets, max_record_bytes};
  return kTable;
}

const sluice_sink_context &sink_context_table() {
  static constexpr sluice_sink_context kTable = {
      sizeof(sluice_sink_context), pause, resume, seek, request_commit, retry_after,
      report_record_error};
  return kTable;
}

} // namespace host::plugin
