package dev.longtake.phenaki.text;

import ai.djl.MalformedModelException;
import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import dev.longtake.bundle.BadBundleException;
import dev.longtake.bundle.BundleManifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The frozen, pretrained text encoder (Phenaki §2.2 uses T5-XXL; this bundle a MiniLM through ONNX Runtime): a state for each token,
 * not pooled and not normalised. Prompts are encoded once and kept; a prompt longer than the encoder was trained for is cut.
 */
public final class TextEncoder implements AutoCloseable {
    private static final int PROMPTS_KEPT = 256;

    private final HuggingFaceTokenizer tokenizer;
    private final ZooModel<NDList, NDList> model;
    private final Predictor<NDList, NDList> predictor;
    private final int tokens;
    private final int width;
    private final Map<String, TextStates> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, TextStates> eldest) {
            return size() > PROMPTS_KEPT;
        }
    };

    private TextEncoder(HuggingFaceTokenizer tokenizer, ZooModel<NDList, NDList> model, int tokens, int width) {
        this.tokenizer = tokenizer;
        this.model = model;
        this.predictor = model.newPredictor();
        this.tokens = tokens;
        this.width = width;
    }

    /** @param folder of the bundle, in the engine's cache. @throws BadBundleException if the encoder on the class path is not the one that the bundle was trained with */
    public static TextEncoder load(BundleManifest manifest, Path folder) throws BadBundleException {
        BundleManifest.TextEncoder wanted = manifest.textEncoder();
        try {
            OnnxLibraries.prepare(folder.toAbsolutePath().getParent());
            Path onnx = unpack(wanted.modelFile(), wanted.modelSha256(), folder);
            Path json = unpack(wanted.tokenizerFile(), wanted.tokenizerSha256(), folder);
            HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.builder().optTokenizerPath(json).optMaxLength(wanted.maxTokens()).optPadToMaxLength().optTruncation(true).build();
            ZooModel<NDList, NDList> model = Criteria.builder().setTypes(NDList.class, NDList.class).optModelPath(onnx).optEngine("OnnxRuntime")
                    .optOption("intraOpNumThreads", "1").optTranslator(new NoopTranslator()).build().loadModel();
            return new TextEncoder(tokenizer, model, wanted.maxTokens(), manifest.transformer().textWidth());
        } catch (IOException | ModelNotFoundException | MalformedModelException e) {
            throw new BadBundleException("the text encoder " + wanted.name() + " cannot be loaded: " + e.getMessage(), e);
        }
    }

    private static Path unpack(String name, String sha256, Path folder) throws IOException, BadBundleException {
        Path file = folder.resolve(name);
        try (InputStream in = TextEncoder.class.getResourceAsStream("/" + name)) {
            if (in == null) {
                throw new BadBundleException("the text encoder's " + name + " is not on the class path");
            }
            byte[] bytes = in.readAllBytes();
            String found = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            if (!found.equals(sha256)) {
                throw new BadBundleException("the text encoder's " + name + " is not the one the bundle was trained with: SHA-256 " + found + ", wanted " + sha256);
            }
            if (!Files.exists(file) || Files.size(file) != bytes.length) {
                Path part = Files.createTempFile(folder, name, ".part");
                Files.write(part, bytes);
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        return file;
    }

    /** The states of a prompt. */
    public TextStates encode(String prompt) {
        return known.computeIfAbsent(prompt, this::run);
    }

    private TextStates run(String prompt) {
        Encoding encoding = tokenizer.encode(prompt);
        boolean[] mask = new boolean[tokens];
        for (int i = 0; i < tokens; i++) {
            mask[i] = encoding.getAttentionMask()[i] != 0;
        }
        try (NDManager step = model.getNDManager().newSubManager()) {
            Shape shape = new Shape(1, tokens);
            NDList in = new NDList(step.create(encoding.getIds(), shape), step.create(encoding.getAttentionMask(), shape), step.create(new long[tokens], shape));
            in.get(0).setName("input_ids");
            in.get(1).setName("attention_mask");
            in.get(2).setName("token_type_ids");
            NDList out = predictor.predict(in);
            out.attach(step);
            float[] states = out.get(0).toFloatArray();
            if (states.length != tokens * width) {
                throw new IllegalStateException("the text encoder gave " + states.length + " numbers, not " + tokens + "x" + width);
            }
            return new TextStates(states, mask);
        } catch (TranslateException e) {
            throw new IllegalStateException("the text encoder failed: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        predictor.close();
        model.close();
        tokenizer.close();
    }
}
