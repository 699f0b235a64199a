#include "host/runtime/sink_batch.h"

#include <numeric>
#include <utility>

namespace host::runtime {

const sluice_sink_batch &SinkBatch::seal() {
  if (!headers.empty()) {
    std::size_t next = 0;
    for (sluice_sink_record &record : records) {
      record.headers = record.n_headers > 0 ? headers.data() + next : nullptr;
      next += record.n_headers;
    }
  }
  abi_ = {sizeof abi_,
          this,
          topics.data(),
          topics.size(),
          records.empty() ? nullptr : records.data(),
          records.size(),
          sizeof(sluice_sink_record)};
  return abi_;
}

void SinkBatch::begin_gaps() {
  if (gaps_)
    return;
  gaps_ = true;
  origins_.resize(records.size());
  std::iota(origins_.begin(), origins_.end(), std::uint32_t{0});
}

bool SinkBatch::was_read_from(std::size_t index, std::string_view topic,
                              std::int32_t partition) const {
  if (moved) {
    const kafka::InRecord from = messages[origin(index)];
    return from.partition == partition && from.topic == topic;
  }
  const sluice_str name = topics[records[index].topic];
  return records[index].partition == partition && std::string_view(name.ptr, name.len) == topic;
}

std::vector<std::size_t> SinkBatch::remove(std::string_view topic, std::int32_t partition) {
  begin_gaps();
  std::vector<std::size_t> removed;
  std::vector<sluice_header> kept_headers;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const sluice_sink_record &record = records[i];
    if (was_read_from(i, topic, partition)) {
      removed.push_back(origins_[i]);
      continue;
    }
    kept_headers.insert(kept_headers.end(), record.headers, record.headers + record.n_headers);
    records[kept] = record;
    origins_[kept++] = origins_[i];
  }
  records.resize(kept);
  origins_.resize(kept);
  headers = std::move(kept_headers);
  seal();
  return removed;
}

void SinkBatch::done() {
  bytes_ = messages.bytes();
  counted_ = plugin_references() > 0;
  if (counted_)
    pool_.retained_.fetch_add(static_cast<std::int64_t>(bytes_), std::memory_order_acq_rel);
  release_host();
}

void SinkBatch::unreferenced() {
  const std::int64_t retained = counted_ ? static_cast<std::int64_t>(bytes_) : 0;
  messages.clear();
  records.clear();
  topics.clear();
  headers.clear();
  origins_.clear();
  gaps_ = false;
  moved = false;
  errant.fate = Fate::Open;
  errant.reported.clear();
  arena.reset();
  schemas.reset();
  // The pool may end with this batch.
  const std::shared_ptr<SinkBatchPool> pool = std::move(keep_alive_);
  pool->give_back(*this, retained);
}

SinkBatch &SinkBatchPool::take() {
  std::lock_guard lock(mutex_);
  if (spare_.empty()) {
    batches_.push_back(std::make_unique<SinkBatch>(*this));
    spare_.push_back(batches_.back().get());
  }
  SinkBatch &batch = *spare_.back();
  spare_.pop_back();
  batch.counted_ = false;
  batch.keep_alive_ = shared_from_this();
  batch.acquire_host();
  return batch;
}

bool SinkBatchPool::wait_until_back(TimePoint deadline) {
  std::unique_lock lock(mutex_);
  return back_.wait_until(lock, deadline, [this] { return spare_.size() == batches_.size(); });
}

void SinkBatchPool::on_release(std::function<void()> callback) {
  auto shared =
      callback ? std::make_shared<const std::function<void()>>(std::move(callback)) : nullptr;
  std::lock_guard lock(mutex_);
  on_release_ = std::move(shared);
}

void SinkBatchPool::give_back(SinkBatch &batch, std::int64_t retained) {
  std::shared_ptr<const std::function<void()>> callback;
  {
    std::lock_guard lock(mutex_);
    spare_.push_back(&batch);
    callback = on_release_;
  }
  back_.notify_all();
  if (retained == 0)
    return;
  retained_.fetch_sub(retained, std::memory_order_acq_rel);
  if (callback != nullptr)
    (*callback)();
}

} // namespace host::runtime
