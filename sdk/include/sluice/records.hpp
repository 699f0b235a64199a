// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "sluice/abi/source.h"
#include "sluice/tape.hpp"
#include "sluice/text.hpp"

// Making source records.
namespace sluice::inline v0 {

// Keys, values and headers. All borrow what they are given.
namespace datum {

inline sluice_datum null() { return {}; }
inline sluice_datum raw(std::string_view bytes, const sluice_schema *schema) {
  sluice_datum out{};
  out.raw = {reinterpret_cast<const std::uint8_t *>(to_abi(bytes).ptr), bytes.size()};
  out.schema = schema;
  return out;
}
// `schema` is a string's: context.primitive(SLUICE_STRING).
inline sluice_datum text(std::string_view text, const sluice_schema *schema) {
  return raw(text, schema);
}
inline sluice_datum bytes(std::string_view bytes) { return raw(bytes, nullptr); }
inline sluice_datum cells(std::span<const sluice_cell> cells, const sluice_schema *schema) {
  sluice_datum out{};
  out.schema = schema;
  out.cells = cells.data();
  out.n_cells = cells.size();
  return out;
}

} // namespace datum

// Where data comes from, as the host knows it (source_context::partition).
struct source_partition {
  std::uint32_t id = 0; // none: no offset is stored

  friend bool operator==(source_partition, source_partition) = default;
};

// Sets the parts of one record; what is not set is null, or the host's to decide.
class record {
public:
  explicit record(sluice_source_record &abi) : abi_(&abi) {}

  record &key(const sluice_datum &key) {
    abi_->key = key;
    return *this;
  }
  record &value(const sluice_datum &value) {
    abi_->value = value;
    return *this;
  }
  record &headers(std::span<const sluice_header> headers) {
    abi_->headers = headers.data();
    abi_->n_headers = headers.size();
    return *this;
  }
  record &partition(std::int32_t partition) {
    abi_->partition = partition;
    return *this;
  }
  record &timestamp(std::chrono::sys_time<std::chrono::milliseconds> time) {
    abi_->timestamp_ms = time.time_since_epoch().count();
    return *this;
  }
  // Once this record is safe in Kafka, `offset` (a JSON object's text) is where to go on.
  record &resume_at(source_partition from, std::string_view offset) {
    abi_->source_partition = from.id;
    abi_->source_offset = to_abi(offset);
    return *this;
  }

private:
  sluice_source_record *abi_;
};

// Records and the memory that they refer to. One poll's worth; used again from a recycling_pool.
class records {
public:
  record add(std::string_view topic) {
    sluice_source_record &added = abi_.emplace_back();
    added.topic = to_abi(topic);
    added.partition = -1;
    added.timestamp_ms = -1;
    return record(added);
  }

  // Copies that live as long as the batch.
  std::string_view keep(std::string_view text) {
    if (blocks_.empty() || blocks_.back().size - blocks_.back().used < text.size())
      blocks_.push_back(block(std::max(text.size(), kBlock)));
    block &last = blocks_.back();
    char *const at = last.bytes.get() + last.used;
    if (!text.empty())
      std::memcpy(at, text.data(), text.size());
    last.used += text.size();
    return {at, text.size()};
  }
  std::span<const sluice_cell> keep(const tape &value) {
    return tapes_.emplace_back(value.cells());
  }
  std::span<const sluice_header> keep(std::span<const sluice_header> headers) {
    return headers_.emplace_back(headers.begin(), headers.end());
  }

  std::size_t size() const noexcept { return abi_.size(); }
  bool empty() const noexcept { return abi_.empty(); }
  std::span<const sluice_source_record> abi() const noexcept { return abi_; }

  void clear() {
    abi_.clear();
    tapes_.clear();
    headers_.clear();
    if (blocks_.size() > 1)
      blocks_.erase(blocks_.begin() + 1, blocks_.end());
    for (block &first : blocks_)
      first.used = 0;
  }

private:
  static constexpr std::size_t kBlock = 16 * 1024;

  struct block {
    explicit block(std::size_t size)
        : bytes(std::make_unique_for_overwrite<char[]>(size)), size(size) {}

    std::unique_ptr<char[]> bytes;
    std::size_t size;
    std::size_t used = 0;
  };

  std::vector<sluice_source_record> abi_;
  std::vector<block> blocks_;
  std::deque<std::vector<sluice_cell>> tapes_;
  std::deque<std::vector<sluice_header>> headers_;
};

// What poll() returns: records, or nothing. Owns them until the host takes it over; the host then
// drops `owner` on any thread, when it needs the records no more.
class source_batch {
public:
  source_batch() = default; // nothing now

  template <class Owner>
  source_batch(std::shared_ptr<Owner> owner, std::span<const sluice_source_record> records)
      : held_(std::make_unique<held>(std::move(owner), records)) {}
  source_batch(std::shared_ptr<records> owner) : source_batch(owner, owner->abi()) {}

  explicit operator bool() const noexcept { return held_ != nullptr; }
  std::size_t size() const noexcept { return held_ != nullptr ? held_->abi.n_records : 0; }

  // To the host, which gives it back through release.
  const sluice_source_batch *hand_over() noexcept {
    return held_ != nullptr ? &held_.release()->abi : nullptr;
  }

private:
  struct held {
    held(std::shared_ptr<const void> owner, std::span<const sluice_source_record> records)
        : owner(std::move(owner)) {
      abi.struct_size = sizeof abi;
      abi.records = records.data();
      abi.n_records = records.size();
      abi.record_stride = sizeof(sluice_source_record);
      abi.release = release;
      abi.plugin_data = this;
    }
    static void release(const sluice_source_batch *batch) noexcept {
      delete static_cast<held *>(batch->plugin_data);
    }

    sluice_source_batch abi{};
    std::shared_ptr<const void> owner;
  };

  std::unique_ptr<held> held_;
};

} // namespace sluice::inline v0
