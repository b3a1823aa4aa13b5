#include "limn/encode/sentence_folder.h"

#include <cmath>

#include <gtest/gtest.h>

#include "limn/core/file.h"
#include "limn/core/json.h"
#include "limn/core/vector_ops.h"
#include "limn/encode/bert.h"
#include "limn/nn/test_support.h"

namespace limn {
namespace {

constexpr const char* modules = R"([{"path":"","type":"sentence_transformers.models.Transformer"},
  {"path":"pool","type":"sentence_transformers.models.Pooling"},
  {"path":"2_Normalize","type":"sentence_transformers.models.Normalize"}])";

std::string error_of(const TemporaryFolder& folder, const std::string& prompt = {}) {
  const auto read = read_sentence_folder(folder.path(), prompt);
  return read ? std::string() : read.error().message;
}

TEST(SentenceFolder, MeansTheMeanWithoutFiles) {
  const TemporaryFolder folder;
  const auto read = read_sentence_folder(folder.path());
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->transformer, folder.path());
  EXPECT_EQ(read->pooling, Pooling::mean);
  EXPECT_EQ(read->max_length, 0U);
  EXPECT_EQ(read->prompt, "");
}

TEST(SentenceFolder, ReadsWhatTheModulesSay) {
  const TemporaryFolder folder;
  folder.write("modules.json", R"([{"path":"0_T","type":"sentence_transformers.models.Transformer"},
                                   {"path":"pool","type":"s.models.Pooling"}])");
  folder.write("0_T/sentence_bert_config.json",
               R"({"max_seq_length": 77, "do_lower_case": false})");
  for (const auto& [json, pooling] : std::vector<std::pair<std::string, Pooling>>{
           {R"({"pooling_mode_cls_token": true, "pooling_mode_x": 0})", Pooling::first},
           {R"({"pooling_mode_max_tokens": true})", Pooling::maximum},
           {R"({"pooling_mode_mean_sqrt_len_tokens": true})", Pooling::mean},
           {R"({"pooling_mode": "max"})", Pooling::maximum}}) {
    folder.write("pool/config.json", json);
    const auto read = read_sentence_folder(folder.path());
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(read->pooling, pooling) << json;
    EXPECT_EQ(read->transformer, folder.path() / "0_T");
    EXPECT_EQ(read->max_length, 77U);
  }
}

TEST(SentenceFolder, TakesAPromptByNameOrAsItIs) {
  const TemporaryFolder folder;
  folder.write("config_sentence_transformers.json",
               R"({"prompts": {"query": "Q: ", "text": "T: "}, "default_prompt_name": "text"})");
  EXPECT_EQ(read_sentence_folder(folder.path())->prompt, "T: ");
  EXPECT_EQ(read_sentence_folder(folder.path(), "query")->prompt, "Q: ");
  EXPECT_EQ(read_sentence_folder(folder.path(), "find: ")->prompt, "find: ");
  folder.write("config_sentence_transformers.json", R"({"default_prompt_name": "none"})");
  EXPECT_NE(error_of(folder).find("default_prompt_name none"), std::string::npos);
}

TEST(SentenceFolder, NamesWhatIsNotSupported) {
  const std::vector<std::tuple<std::string, std::string, std::string>> refused{
      {"modules.json", R"([{"path":"2_Dense","type":"sentence_transformers.models.Dense"}])",
       "Dense"},
      {"modules.json", R"([{"path":"../x","type":"a.Transformer"}])", "../x"},
      {"modules.json", R"([{"path":"/x","type":"a.Pooling"}])", "/x"},
      {"modules.json", R"([{"path":"","type":"a.Transformer"}])", "Pooling"},
      {"modules.json", "{}", "no list"},
      {"pool/config.json", R"({"pooling_mode_lasttoken": true})", "pooling_mode_lasttoken"},
      {"pool/config.json", R"({"pooling_mode": "weightedmean"})", "pooling_mode weightedmean"},
      {"pool/config.json", R"({"pooling_mode_mean_tokens": true, "pooling_mode_cls_token": true})",
       "beside another"},
      {"pool/config.json", "{}", "no pooling mode"},
      {"pool/config.json", R"({"pooling_mode_mean_tokens": true, "include_prompt": false})",
       "include_prompt"},
      {"sentence_bert_config.json", R"({"do_lower_case": true})", "do_lower_case"}};
  for (const auto& [name, content, said] : refused) {
    const TemporaryFolder folder;
    folder.write("modules.json", modules);
    folder.write(name, content);
    EXPECT_NE(error_of(folder, "query: ").find(said), std::string::npos)
        << content << ": " << error_of(folder, "query: ");
  }
}

// As tools/make_test_models.py wrote them: each with a pooling of its own.
TEST(SentenceFolder, GivesTheEmbeddingsOfEveryFamily) {
  for (const std::string family :
       {"bert", "distilbert", "roberta", "xlm_roberta", "bge_m3", "mpnet"}) {
    SCOPED_TRACE(family);
    const auto folder = std::filesystem::path(LIMN_SOURCE_DIR "/limn/nn/testdata") / family;
    const auto bytes = read_file(folder / "expected.json");
    ASSERT_TRUE(bytes.has_value());
    const auto expected = parse_json(*bytes, "expected.json");
    ASSERT_TRUE(expected.has_value());
    BertOptions options;
    options.max_length = expected->at("max_length").to_number<std::size_t>();
    options.prompt = std::string(expected->at("prompt").as_string());
    const auto encoder = load_bert(folder, options);
    ASSERT_TRUE(encoder.has_value()) << encoder.error().message;
    std::vector<std::string> texts{""};
    for (const Json& shown : expected->at("shown").as_array()) {
      const auto index = shown.at("text").to_number<std::size_t>();
      texts.emplace_back(expected->at("texts").at(index).at("text").as_string());
    }
    const auto found = (*encoder)->encode(texts);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(l2_norm(found->embeddings.row(0)), 0);
    for (std::size_t i = 1; i < texts.size(); ++i) {
      const JsonArray& values = expected->at("shown").at(i - 1).at("embedding").as_array();
      ASSERT_EQ(values.size(), (*encoder)->dim());
      for (std::size_t j = 0; j < values.size(); ++j) {
        EXPECT_NEAR(found->embeddings.row(i)[j], values[j].to_number<double>(), 1e-4) << texts[i];
      }
    }
  }
}

}  // namespace
}  // namespace limn
