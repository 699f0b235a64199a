#pragma once

#include <set>
#include <string>

#include "host/config/config_def.h"
#include "host/data/arena.h"
#include "host/data/converter.h"
#include "host/json/value.h"
#include "host/transform/chain.h"

namespace tests {

// One line of tests/oracle/cases, evaluated with the converters of host/data and a chain, but
// without the other keys of a connector. Gives the golden line's form, without its id.
class CaseRunner {
public:
  explicit CaseRunner(const host::json::Value &test_case) : case_(test_case) {}
  host::json::Value run();

private:
  host::json::Value error(std::string_view stage, const host::Error &error) const;
  bool start();
  bool convert_in();
  bool convert_out();
  host::config::Submitted config_below(const std::string &prefix, host::StringMap &entries) const;
  host::data::Bytes bytes(const host::json::Value *value);
  static host::json::Value text(host::data::Bytes bytes);

  const host::json::Value &case_;
  host::StringMap entries_;
  std::set<std::string, std::less<>> nulls_;
  host::data::SchemaPool pool_;
  host::data::Arena arena_;
  std::unique_ptr<host::data::Converter> key_;
  std::unique_ptr<host::data::Converter> value_;
  std::unique_ptr<host::data::HeaderConverter> header_;
  host::transform::Chain chain_;
  host::transform::Record record_;
  host::json::Value result_;
};

} // namespace tests
