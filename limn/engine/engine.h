// Engine: a data folder that answers: import, build, profile, recommend, learn, evaluate.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "limn/core/config.h"
#include "limn/core/result.h"
#include "limn/core/types.h"
#include "limn/engine/answers.h"
#include "limn/engine/build.h"
#include "limn/engine/encoders.h"
#include "limn/store/store.h"

namespace limn {

// Opening is cheap; the generation and the encoder are loaded by the first answer that needs them,
// and the generation is looked for anew at each, so that a build is seen at once. Any thread may
// call any member.
//
// Errors of every member: those of the store (unavailable, corrupt); not_found where an answer
// needs a generation and nothing was built yet, or where a user or item is not there.
class Engine {
 public:
  // Makes a data folder with this limn.toml. Errors: invalid_argument where there is one already.
  [[nodiscard]] static Result<Engine> create(const std::filesystem::path& folder,
                                             const Config& config, const EncoderPlaces& places);
  // Errors: not_found; invalid_argument where limn.toml does not hold.
  [[nodiscard]] static Result<Engine> open(const std::filesystem::path& folder,
                                           const EncoderPlaces& places);

  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  [[nodiscard]] const Config& config() const;
  // In place of limn.toml's, for this process.
  void set_config(const Config& config);
  [[nodiscard]] Store& store();
  [[nodiscard]] const EncoderPlaces& places() const;

  // Everything that can be taken goes in, in one transaction; each refused row is named in a report
  // beside the data.
  [[nodiscard]] Result<ImportAnswer> import_files(std::span<const std::filesystem::path> files,
                                                  const ImportOptions& options);
  [[nodiscard]] Result<BuildReport> build(const BuildOptions& options = {});

  // Someone the store does not know gets the profile of an empty history and of `words`.
  [[nodiscard]] Result<ProfileAnswer> profile(std::string_view user, Language language,
                                              std::string_view words = {});
  [[nodiscard]] Result<Recommendations> recommend(std::string_view user,
                                                  const RecommendOptions& options);
  [[nodiscard]] Result<Explanation> explain(std::string_view user, std::string_view item);
  [[nodiscard]] Result<std::vector<SimilarUser>> similar_users(std::string_view user,
                                                               std::size_t n);
  [[nodiscard]] Result<std::vector<SimilarItem>> similar_items(std::string_view item,
                                                               std::size_t n);
  // Durable when it returns; moves the strategy where the item was one that could be recommended.
  // While an experiment runs its strategies stay as they are: what changes is not what was tested.
  [[nodiscard]] Result<FeedbackAnswer> feedback(const Event& event);
  // Durable when it returns. Returns the score's id. Errors: not_found, for a list or an item that
  // the user was not shown or does not exist; invalid_argument, for a score beyond 1 to 5.
  [[nodiscard]] Result<std::int64_t> rate(const GivenScore& given);

  // Asks at most about `most_users` users, evenly over all: what if they liked, or disliked, the
  // best item of their list? Requires most_users > 0.
  [[nodiscard]] Result<ReactionsReport> reactions(std::size_t most_users);

  // The largest first.
  [[nodiscard]] Result<std::vector<TopicAnswer>> topics();
  [[nodiscard]] Result<std::vector<SegmentAnswer>> segments();

 private:
  struct State;
  explicit Engine(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace limn
