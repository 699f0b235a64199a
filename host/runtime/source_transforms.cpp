#include "host/runtime/source_transforms.h"

#include <utility>

#include "host/data/tape.h"
#include "host/runtime/source_record_text.h"

namespace host::runtime {
SourceTransforms::SourceTransforms(transform::Chain chain, const SourcePartitions &partitions)
    : chain_(std::move(chain)), empty_(chain_.empty()), partitions_(partitions) {}

transform::Outcome SourceTransforms::apply(const sluice_source_record &given) {
  if (!is_sound(given))
    return transform::Outcome::Failed;
  read_record(given, partitions_, record_);
  const transform::Outcome outcome = chain_.apply(record_, arena_);
  if (outcome == transform::Outcome::Failed) {
    auto failure = chain_.take_failure();
    failure_.emplace(SourceConversion::Failure{
        ErrorStage::Transformation, failure.stage->class_name, std::move(failure.error)});
  }
  if (outcome == transform::Outcome::Passed)
    write(given);
  return outcome;
}

// Transforms trust their data; a plugin's must be looked at before.
bool SourceTransforms::is_sound(const sluice_source_record &given) {
  const auto good = [&](const sluice_datum &datum) {
    if (datum.n_cells == 0)
      return true;
    Status checked = data::check_datum(datum);
    if (checked)
      return true;
    failure_.emplace(SourceConversion::Failure{ErrorStage::Transformation,
                                               chain_.stages().front().class_name,
                                               std::move(checked).error()});
    return false;
  };
  bool all = good(given.key) && good(given.value);
  for (std::size_t i = 0; i < given.n_headers && all; ++i)
    all = good(given.headers[i].value);
  return all;
}

void SourceTransforms::write(const sluice_source_record &given) {
  result_ = given;
  result_.topic = {record_.topic.data(), record_.topic.size()};
  result_.partition = record_.partition.value_or(-1);
  result_.timestamp_ms = record_.timestamp_ms.value_or(-1);
  result_.key = record_.key;
  result_.value = record_.value;
  result_.headers = record_.headers.data();
  result_.n_headers = record_.headers.size();
}

} // namespace host::runtime
