#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <sluice/abi/sink.h>

#include "host/base/error.h"
#include "host/kafka/record.h"
#include "host/runtime/sink_batch.h"
#include "host/transform/chain.h"

namespace host::runtime {

// The transforms of a sink task, on the records of its batches, in the form that the connector
// reads. Belongs to the task's thread.
class SinkTransforms {
public:
  // `forms`: the connector's plugin::kForm… bits.
  SinkTransforms(transform::Chain chain, std::uint32_t forms);

  bool empty() const { return chain_.empty(); }

  // `to` is the converted record of `from`; its headers are those of the batch from `first_header`
  // on. After Filtered or Failed they are gone, and `to` is of no use.
  transform::Outcome apply(const kafka::InRecord &from, std::size_t first_header, SinkBatch &batch,
                           sluice_sink_record &to);

  struct Failure {
    std::string_view class_name;
    Error error;
  };
  Failure take_failure() { return std::move(*failure_); }

private:
  void read(const kafka::InRecord &from, const sluice_sink_record &to);
  bool write(const kafka::InRecord &from, SinkBatch &batch, sluice_sink_record &to);
  void write_topic(const kafka::InRecord &from, SinkBatch &batch, sluice_sink_record &to);
  bool fit(sluice_datum &datum, data::Arena &arena);

  transform::Chain chain_;
  bool cells_only_;
  bool raw_only_;
  transform::Record record_; // on its way through the chain
  std::optional<Failure> failure_;
};

// A raw datum as the one cell of a tape, for connectors that read cells only.
sluice_datum as_cell(const sluice_datum &raw, data::Arena &arena);

} // namespace host::runtime
