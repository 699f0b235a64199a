#include "host/transform/pages.h"

namespace host::transform {
namespace {

const config::ConfigDef &keys() {
  static const config::ConfigDef def;
  return def;
}

class RecordIsTombstone final : public Predicate {
public:
  bool test(const Record &record) override { return data::is_null(record.value); }
};

Result<std::unique_ptr<Predicate>> make(const config::Values &) {
  return std::make_unique<RecordIsTombstone>();
}

} // namespace

constinit const PredicatePage kRecordIsTombstone{
    "RecordIsTombstone", "Holds for records whose value is null.", keys, make};

} // namespace host::transform
