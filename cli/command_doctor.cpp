#include <algorithm>

#include "cli/command.h"
#include "cli/console.h"
#include "limn/core/cpu.h"
#include "limn/core/parallel.h"
#include "limn/engine/encoders.h"
#include "limn/engine/ranker_model.h"
#include "limn/engine/snapshot.h"
#include "limn/text/stop_words.h"

namespace limn::cli {
namespace {

// One thing that was looked at. `well` is false where something must be done.
struct Finding {
  std::string what;
  bool well = true;
  std::string says;
};

// Of a generation that has a ranker: whether it can rank here.
void check_ranker(Snapshot& snapshot, const Config& config, const Program& program,
                  std::vector<Finding>& findings) {
  if (snapshot.info().ranker.is_null()) return;
  const auto opened = snapshot.open_ranker(config, lightgbm_library(config, program.places()));
  const Ranker* const ranker = snapshot.second_stage().ranker;
  findings.push_back({"ranker", ranker != nullptr,
                      !opened             ? opened.error().message
                      : ranker == nullptr ? snapshot.ranker_absence() + "; the blend ranks alone"
                                          : fmt::format("{} in use", ranker->name())});
}

void check_data(const std::string& data, const Program& program, std::vector<Finding>& findings) {
  auto engine = Engine::open(data, program.places());
  if (!engine) {
    findings.push_back({"data folder", false, engine.error().message});
    return;
  }
  findings.push_back({"settings", true, data + "/limn.toml holds"});
  const auto damage = engine->store().verify();
  const bool sound = damage && damage->empty();
  findings.push_back({"database", sound,
                      sound    ? "every row has its checksum"
                      : damage ? damage->front()
                               : damage.error().message});
  auto snapshot = Snapshot::open_current(data);
  findings.push_back({"generation", snapshot.has_value(),
                      snapshot
                          ? fmt::format("{:06}: every array has its checksum", snapshot->number())
                          : snapshot.error().message});
  if (snapshot) check_ranker(*snapshot, engine->config(), program, findings);
}

Finding look_at_segmenter(const Program& program) {
  const EncoderPlaces places = program.places();
  const auto segmenter = make_segmenter("auto", places);
  if (!segmenter) return {"Chinese words", false, segmenter.error().message};
  if (*segmenter)
    return {"Chinese words", true, "jieba's dictionary in " + places.dictionary.string()};
  return {"Chinese words", true,
          places.dictionary.empty()
              ? "no dictionary here: ICU stands in (tools/setup dictionaries fetches it)"
              : "built without cppjieba: ICU stands in"};
}

Result<void> run(const std::string& data, const Program& program) {
  std::vector<Finding> findings;
  findings.push_back({"processor", true, fmt::format("kernels for {}", isa_name(best_isa()))});
  findings.push_back({"threads", true, fmt::format("{}", thread_count())});
  const auto models = program.places().models;
  const bool encoder = std::filesystem::exists(models / "all-MiniLM-L6-v2" / "model.safetensors");
  findings.push_back({"sentence encoder", true,
                      encoder ? (models / "all-MiniLM-L6-v2").string()
                              : "not here: lsa stands in (tools/setup samples fetches it)"});
  findings.push_back(look_at_segmenter(program));
  findings.push_back(
      {"stop words", true, fmt::format("{} languages", stop_word_languages().size())});
  if (!data.empty()) check_data(data, program, findings);

  const bool well =
      std::all_of(findings.begin(), findings.end(), [](const Finding& f) { return f.well; });
  if (program.json) {
    JsonArray list;
    for (const Finding& f : findings)
      list.push_back(JsonObject{{"what", f.what}, {"well", f.well}, {"says", f.says}});
    say_json(JsonObject{{"well", well}, {"findings", std::move(list)}});
  } else {
    for (const Finding& f : findings)
      say("{:<6}{}: {}", f.well ? "ok" : "NOT OK", f.what, printable(f.says));
  }
  if (well) return {};
  return fail(ErrorCode::corrupt, "not everything is well: {}: see the findings above", data);
}

}  // namespace

void add_doctor(CLI::App& app, Program& program) {
  const auto data = std::make_shared<std::string>();
  CLI::App* command =
      add_command(app, program, "doctor", "Look at the machine and at a data folder: is all well?",
                  "limn doctor shop.limn");
  command->add_option("data", *data, "A data folder");
  on_call(command, program, [data, &program] { return run(*data, program); });
}

}  // namespace limn::cli
