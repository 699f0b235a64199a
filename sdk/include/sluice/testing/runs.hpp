// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dlfcn.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sluice/abi/plugin.h"
#include "sluice/testing/fake_host.hpp"

// Plugins and their tasks as a host runs them: through the tables, in the order of the life cycle.
namespace sluice::testing {

using settings = std::vector<std::pair<std::string, std::string>>;

// Loads a shared object for good. Throws std::runtime_error with what the loader says.
inline const sluice_plugin &load(const std::string &path) {
  void *const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr)
    throw std::runtime_error(format("cannot load {}: {}", path, ::dlerror()));
  const auto entry = reinterpret_cast<sluice_plugin_entry>(::dlsym(library, SLUICE_ENTRY_SYMBOL));
  if (entry == nullptr)
    throw std::runtime_error(format("{} has no {}", path, SLUICE_ENTRY_SYMBOL));
  const sluice_host_info host{.struct_size = sizeof(sluice_host_info),
                              .abi_minor = SLUICE_ABI_MINOR,
                              .reserved = 0,
                              .name = to_abi("fake host"),
                              .version = to_abi("1")};
  const sluice_plugin *plugin = nullptr;
  if (const auto status = entry(&host, &plugin); status != SLUICE_OK || plugin == nullptr)
    throw std::runtime_error(format("{} refuses this host: status {}", path, status));
  return *plugin;
}

inline const sluice_connector_desc &find_connector(const sluice_plugin &plugin,
                                                   std::string_view class_name) {
  for (std::size_t i = 0; i < plugin.n_connectors; ++i)
    if (view(plugin.connectors[i]->class_name) == class_name)
      return *plugin.connectors[i];
  throw std::runtime_error(format("no connector {} in {}", class_name, view(plugin.name)));
}

namespace detail {

inline std::vector<sluice_kv> to_abi(const settings &given) {
  std::vector<sluice_kv> out;
  for (const auto &[key, value] : given)
    out.push_back({v0::to_abi(key), v0::to_abi(value)});
  return out;
}

template <class Call> void checked(std::string_view name, Call &&call) {
  error_text error;
  if (const sluice_status status = call(error.abi()); status != SLUICE_OK)
    throw call_failed(name, status, error.message);
}

} // namespace detail

// The connector object: start, ask for task configurations, stop.
inline std::vector<settings> task_configs(fake_host &host, const sluice_connector_desc &desc,
                                          const settings &given, std::int32_t max_tasks) {
  const sluice_connector_vtbl &calls = *desc.connector;
  void *object = nullptr;
  detail::checked("create", [&](sluice_error *error) {
    return calls.create(fake_host::table(), host.ctx(), &object, error);
  });
  std::vector<settings> out;
  const auto emit = [](void *to, const sluice_kv *entries, std::size_t n) -> sluice_status {
    settings &task = static_cast<std::vector<settings> *>(to)->emplace_back();
    for (std::size_t i = 0; i < n; ++i)
      task.emplace_back(view(entries[i].key), view(entries[i].value));
    return SLUICE_OK;
  };
  try {
    const auto entries = detail::to_abi(given);
    detail::checked("start", [&](sluice_error *error) {
      return calls.start(object, entries.data(), entries.size(), error);
    });
    detail::checked("task_configs", [&](sluice_error *error) {
      return calls.task_configs(object, max_tasks, emit, &out, error);
    });
    if (calls.stop != nullptr)
      detail::checked("stop", [&](sluice_error *error) { return calls.stop(object, error); });
  } catch (...) {
    calls.destroy(object);
    throw;
  }
  calls.destroy(object);
  return out;
}

// A source record, copied.
struct got_record {
  std::string topic;
  std::int32_t partition = -1;
  std::optional<std::string> key;
  std::optional<std::string> value; // raw values only
  const sluice_schema *value_schema = nullptr;
  std::vector<sluice_cell> cells; // structured values; text in them lives as long as the plugin's
  std::int64_t timestamp_ms = -1;
  std::string source_partition;
  std::string source_offset;
};

// A source task from create to destroy.
class source_run {
public:
  source_run(fake_host &host, const sluice_connector_desc &desc)
      : host_(host), calls_(*desc.source) {
    detail::checked("create", [&](sluice_error *error) {
      return calls_.create(fake_host::table(), host_.ctx(), &task_, error);
    });
  }
  source_run(fake_host &host, const sluice_plugin &plugin, std::string_view class_name)
      : source_run(host, find_connector(plugin, class_name)) {}
  ~source_run() {
    release_kept();
    calls_.destroy(task_);
  }
  source_run(const source_run &) = delete;
  source_run &operator=(const source_run &) = delete;

  void start(const settings &given) {
    const auto entries = detail::to_abi(given);
    detail::checked("start", [&](sluice_error *error) {
      return calls_.start(task_, entries.data(), entries.size(), error);
    });
  }

  // One poll; its batch is released at once.
  std::vector<got_record> poll(std::chrono::milliseconds max_wait) {
    const sluice_source_batch *const batch = poll_batch(max_wait);
    if (batch == nullptr)
      return {};
    std::vector<got_record> out = copy(*batch);
    batch->release(batch);
    return out;
  }
  // One poll; its batch is kept until release_kept() or the end.
  std::vector<got_record> poll_and_keep(std::chrono::milliseconds max_wait) {
    const sluice_source_batch *const batch = poll_batch(max_wait);
    if (batch == nullptr)
      return {};
    kept_.push_back(batch);
    return copy(*batch);
  }
  // Reads a kept batch again: what it refers to must not have changed.
  std::vector<got_record> kept(std::size_t index) { return copy(*kept_.at(index)); }
  void release_kept() {
    for (const sluice_source_batch *batch : kept_)
      batch->release(batch);
    kept_.clear();
  }

  void stop() {
    if (calls_.stop != nullptr)
      detail::checked("stop", [&](sluice_error *error) { return calls_.stop(task_, error); });
  }
  void cancel() {
    host_.set_cancelled();
    if (calls_.cancel != nullptr)
      calls_.cancel(task_);
  }
  void wake() {
    if (calls_.wake != nullptr)
      calls_.wake(task_);
  }

private:
  const sluice_source_batch *poll_batch(std::chrono::milliseconds max_wait) {
    const sluice_source_batch *batch = nullptr;
    detail::checked("poll", [&](sluice_error *error) {
      return calls_.poll(task_, max_wait.count(), &batch, error);
    });
    return batch;
  }

  std::vector<got_record> copy(const sluice_source_batch &batch) const {
    std::vector<got_record> out;
    for (std::size_t i = 0; i < batch.n_records; ++i) {
      const auto &record = *SLUICE_AT(sluice_source_record, batch.records, batch.record_stride, i);
      got_record &copied = out.emplace_back();
      copied.topic = view(record.topic);
      copied.partition = record.partition;
      copied.key = text_of(record.key);
      copied.value = text_of(record.value);
      copied.value_schema = record.value.schema;
      copied.cells.assign(record.value.cells, record.value.cells + record.value.n_cells);
      copied.timestamp_ms = record.timestamp_ms;
      copied.source_partition = host_.partition_of(record.source_partition);
      copied.source_offset = view(record.source_offset);
    }
    return out;
  }

  static std::optional<std::string> text_of(const sluice_datum &datum) {
    if (datum.raw.ptr == nullptr)
      return std::nullopt;
    return std::string(reinterpret_cast<const char *>(datum.raw.ptr), datum.raw.len);
  }

  fake_host &host_;
  const sluice_source_task_vtbl &calls_;
  void *task_ = nullptr;
  std::vector<const sluice_source_batch *> kept_;
};

// A record to put: the value is raw text, or any datum.
struct put_record {
  std::string topic = "t";
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  sluice_datum value = {};
  sluice_datum key = {};
};

// A sink task from create to destroy.
class sink_run {
public:
  sink_run(fake_host &host, const sluice_connector_desc &desc) : host_(host), calls_(*desc.sink) {
    detail::checked("create", [&](sluice_error *error) {
      return calls_.create(fake_host::table(), host_.ctx(), &task_, error);
    });
  }
  sink_run(fake_host &host, const sluice_plugin &plugin, std::string_view class_name)
      : sink_run(host, find_connector(plugin, class_name)) {}
  ~sink_run() { calls_.destroy(task_); }
  sink_run(const sink_run &) = delete;
  sink_run &operator=(const sink_run &) = delete;

  void start(const settings &given) {
    const auto entries = detail::to_abi(given);
    detail::checked("start", [&](sluice_error *error) {
      return calls_.start(task_, entries.data(), entries.size(), error);
    });
  }

  void open(std::vector<sluice_tp> partitions) {
    if (calls_.open != nullptr)
      detail::checked("open", [&](sluice_error *error) {
        return calls_.open(task_, partitions.data(), partitions.size(), error);
      });
  }

  // One batch; its memory lives as long as this run, so a plugin may retain it.
  void put(const std::vector<put_record> &given) {
    held_batch &batch = batches_.emplace_back();
    for (const put_record &record : given) {
      sluice_sink_record &made = batch.records.emplace_back();
      made.topic = batch.topic(record.topic);
      made.partition = record.partition;
      made.offset = record.offset;
      made.timestamp_ms = -1;
      made.timestamp_type = SLUICE_TIMESTAMP_NONE;
      made.key = record.key;
      made.value = record.value;
    }
    put_again();
  }
  // The batch of the last put once more, as after a retriable failure.
  void put_again() {
    held_batch &batch = batches_.back();
    std::vector<sluice_str> topics;
    for (const std::string &topic : batch.topics)
      topics.push_back(to_abi(topic));
    batch.topic_views = std::move(topics);
    batch.abi = {.struct_size = sizeof(sluice_sink_batch),
                 .handle = host_.batch(),
                 .topics = batch.topic_views.data(),
                 .n_topics = batch.topic_views.size(),
                 .records = batch.records.data(),
                 .n_records = batch.records.size(),
                 .record_stride = sizeof(sluice_sink_record)};
    detail::checked("put",
                    [&](sluice_error *error) { return calls_.put(task_, &batch.abi, error); });
  }

  void pre_commit(std::vector<sluice_tp> &offsets) {
    if (calls_.pre_commit != nullptr)
      detail::checked("pre_commit", [&](sluice_error *error) {
        return calls_.pre_commit(task_, offsets.data(), offsets.size(), error);
      });
  }
  void close(std::vector<sluice_tp> partitions, bool lost = false) {
    if (calls_.close != nullptr)
      detail::checked("close", [&](sluice_error *error) {
        return calls_.close(task_, partitions.data(), partitions.size(), lost ? 1 : 0, error);
      });
  }
  void stop() {
    if (calls_.stop != nullptr)
      detail::checked("stop", [&](sluice_error *error) { return calls_.stop(task_, error); });
  }
  void cancel() {
    host_.set_cancelled();
    if (calls_.cancel != nullptr)
      calls_.cancel(task_);
  }

private:
  struct held_batch {
    std::uint32_t topic(const std::string &name) {
      for (std::size_t i = 0; i < topics.size(); ++i)
        if (topics[i] == name)
          return static_cast<std::uint32_t>(i);
      topics.push_back(name);
      return static_cast<std::uint32_t>(topics.size() - 1);
    }

    std::vector<std::string> topics;
    std::vector<sluice_str> topic_views;
    std::vector<sluice_sink_record> records;
    sluice_sink_batch abi{};
  };

  fake_host &host_;
  const sluice_sink_task_vtbl &calls_;
  void *task_ = nullptr;
  std::deque<held_batch> batches_;
};

} // namespace sluice::testing
