package dev.longtake.media.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.longtake.engine.Frames;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class PictureReaderTest {
    private static final PictureLimits LIMITS = PictureLimits.DEFAULT;

    /** Red above left, green above right, blue below left, white below right. */
    private static BufferedImage quarters(int width, int height, int type) {
        BufferedImage image = new BufferedImage(width, height, type);
        Graphics2D g = image.createGraphics();
        Color[] colours = {Color.RED, Color.GREEN, Color.BLUE, Color.WHITE};
        for (int i = 0; i < 4; i++) {
            g.setColor(colours[i]);
            g.fillRect(i % 2 * width / 2, i / 2 * height / 2, width / 2, height / 2);
        }
        g.dispose();
        return image;
    }

    private static byte[] file(BufferedImage image, String format) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, out)).isTrue();
        return out.toByteArray();
    }

    private static String quartersOf(Frames frame) {
        StringBuilder found = new StringBuilder();
        for (int[] at : new int[][] {{1, 1}, {3, 1}, {1, 3}, {3, 3}}) {
            int pixel = (at[1] * frame.height() / 4 * frame.width() + at[0] * frame.width() / 4) * 3;
            int r = frame.rgb()[pixel] & 0xff;
            int g = frame.rgb()[pixel + 1] & 0xff;
            int b = frame.rgb()[pixel + 2] & 0xff;
            found.append(r > 200 && g > 200 && b > 200 ? 'W' : r > 200 ? 'R' : g > 200 ? 'G' : b > 200 ? 'B' : '?');
        }
        return found.toString();
    }

    private static BadPictureException refused(byte[] file) {
        return catchThrowableOfType(BadPictureException.class, () -> PictureReader.read(file, 32, 32, LIMITS));
    }

    @Test
    void pngAndJpegOfAnySizeBecomeOneFrameOfTheFilms() throws Exception {
        for (String format : List.of("png", "jpeg")) {
            for (int side : new int[] {8, 32, 33, 300, 1500}) {
                Frames frame = PictureReader.read(file(quarters(side, side, BufferedImage.TYPE_INT_RGB), format), 32, 48, LIMITS);
                assertThat(frame).hasToString("1 frames of 32x48");
                assertThat(quartersOf(frame)).as(format + side).isEqualTo("RGBW");
            }
        }
    }

    @Test
    void aPictureOfTheFilmsSizeIsLeftAsItIs() throws Exception {
        BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(5);
        for (int i = 0; i < 32 * 32; i++) {
            image.setRGB(i % 32, i / 32, random.nextInt(1 << 24));
        }
        Frames frame = PictureReader.read(file(image, "png"), 32, 32, LIMITS);
        for (int i = 0; i < 32 * 32; i++) {
            int rgb = (frame.rgb()[3 * i] & 0xff) << 16 | (frame.rgb()[3 * i + 1] & 0xff) << 8 | frame.rgb()[3 * i + 2] & 0xff;
            assertThat(rgb).isEqualTo(image.getRGB(i % 32, i / 32) & 0xffffff);
        }
    }

    @Test
    void theMiddleIsCutToTheFilmsProportions() throws Exception {
        BufferedImage wide = new BufferedImage(90, 30, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = wide.createGraphics();
        g.drawImage(quarters(30, 30, BufferedImage.TYPE_INT_RGB), 30, 0, null);
        g.dispose();
        Frames frame = PictureReader.read(file(wide, "png"), 32, 32, LIMITS);
        assertThat(quartersOf(frame)).isEqualTo("RGBW");
        assertThat(frame.rgb()[0] & 0xff).as("nothing of the black sides").isGreaterThan(240);
    }

    @Test
    void aFinePatternBecomesItsMeanAndNotAMoire() throws Exception {
        BufferedImage board = new BufferedImage(640, 640, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 640 * 640; i++) {
            board.setRGB(i % 640, i / 640, (i % 640 + i / 640) % 2 == 0 ? 0xffffff : 0);
        }
        Frames frame = PictureReader.read(file(board, "png"), 96, 96, LIMITS);
        for (byte value : frame.rgb()) {
            assertThat(value & 0xff).isBetween(120, 135);
        }
    }

    @Test
    void transparencyIsWhite() throws Exception {
        BufferedImage glass = new BufferedImage(16, 16, BufferedImage.TYPE_INT_ARGB);
        for (int i = 0; i < 256; i++) {
            glass.setRGB(i % 16, i / 16, i % 16 < 8 ? 0x00123456 : 0x80000000);
        }
        Frames frame = PictureReader.read(file(glass, "png"), 16, 16, LIMITS);
        assertThat(frame.rgb()[0] & 0xff).isEqualTo(255);
        assertThat(frame.rgb()[15 * 3] & 0xff).isCloseTo(127, within(1));
    }

    @Test
    void greyIsAsBrightAsItSays() throws Exception {
        for (int type : new int[] {BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_USHORT_GRAY}) {
            BufferedImage grey = new BufferedImage(16, 16, type);
            double level = type == BufferedImage.TYPE_BYTE_GRAY ? 100 : 100 * 257;
            for (int i = 0; i < 256; i++) {
                grey.getRaster().setSample(i % 16, i / 16, 0, level);
            }
            assertThat(PictureReader.read(file(grey, "png"), 16, 16, LIMITS).rgb()[0] & 0xff).isEqualTo(100);
        }
        BufferedImage grey = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
        Arrays.fill(((java.awt.image.DataBufferByte) grey.getRaster().getDataBuffer()).getData(), (byte) 100);
        assertThat(PictureReader.read(file(grey, "jpeg"), 16, 16, LIMITS).rgb()[0] & 0xff).isCloseTo(100, within(1));
        assertThat(PictureReader.read(file(quarters(16, 16, BufferedImage.TYPE_BYTE_INDEXED), "png"), 16, 16, LIMITS)).satisfies(f -> assertThat(quartersOf(f)).isEqualTo("RGBW"));
    }

    private static byte[] exif(int orientation, boolean little) {
        ByteBuffer tiff = ByteBuffer.allocate(26).order(little ? java.nio.ByteOrder.LITTLE_ENDIAN : java.nio.ByteOrder.BIG_ENDIAN);
        tiff.put((byte) (little ? 'I' : 'M')).put((byte) (little ? 'I' : 'M')).putShort((short) 42).putInt(8).putShort((short) 1);
        tiff.putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) orientation).putShort((short) 0).putInt(0);
        return tiff.array();
    }

    private static byte[] insert(byte[] file, int at, byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(file, 0, at);
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        out.write(file, at, file.length - at);
        return out.toByteArray();
    }

    private static byte[] chunk(String type, byte[] data) {
        CRC32 crc = new CRC32();
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        crc.update(name);
        crc.update(data);
        return ByteBuffer.allocate(data.length + 12).putInt(data.length).put(name).put(data).putInt((int) crc.getValue()).array();
    }

    @Test
    void everyOrientationIsTurnedUpright() throws Exception {
        // What each stored order of quarters looks like when it is held as the tag says (Exif 2.32, figure 8).
        String[] upright = {"RGBW", "GRWB", "WBGR", "BWRG", "RBGW", "BRWG", "WGBR", "GWRB"};
        BufferedImage stored = quarters(64, 64, BufferedImage.TYPE_INT_RGB);
        for (int orientation = 1; orientation <= 8; orientation++) {
            byte[] tiff = exif(orientation, orientation % 2 == 0);
            byte[] app1 = ByteBuffer.allocate(tiff.length + 10).putShort((short) 0xffe1).putShort((short) (tiff.length + 8)).put("Exif\0\0".getBytes(StandardCharsets.US_ASCII)).put(tiff).array();
            byte[] jpeg = insert(file(stored, "jpeg"), 2, app1);
            byte[] png = insert(file(stored, "png"), 33, chunk("eXIf", tiff));
            assertThat(quartersOf(PictureReader.read(jpeg, 32, 32, LIMITS))).as("JPEG " + orientation).isEqualTo(upright[orientation - 1]);
            assertThat(quartersOf(PictureReader.read(png, 32, 32, LIMITS))).as("PNG " + orientation).isEqualTo(upright[orientation - 1]);
            assertThat(PictureReader.read(jpeg, 48, 32, LIMITS)).hasToString("1 frames of 48x32");
        }
    }

    @Test
    void brokenExifIsIgnored() throws Exception {
        byte[] jpeg = file(quarters(64, 64, BufferedImage.TYPE_INT_RGB), "jpeg");
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            byte[] tiff = exif(6, true);
            for (int n = 0; n < 3; n++) {
                tiff[random.nextInt(tiff.length)] = (byte) random.nextInt();
            }
            byte[] app1 = ByteBuffer.allocate(tiff.length + 10).putShort((short) 0xffe1).putShort((short) (tiff.length + 8)).put("Exif\0\0".getBytes(StandardCharsets.US_ASCII)).put(tiff).array();
            assertThat(PictureReader.read(insert(jpeg, 2, app1), 32, 32, LIMITS).count()).isEqualTo(1);
        }
    }

    @Test
    void whatIsNoPictureIsRefusedByItsFirstBytes() {
        for (String other : List.of("", "x", "GIF89a", "RIFF\0\0\0\0WEBPVP8 ", "<svg/>", "BM")) {
            assertThat(refused(other.getBytes(StandardCharsets.US_ASCII))).satisfies(e -> assertThat(e.fix()).contains("PNG"));
        }
        assertThat(refused(new byte[LIMITS.bytes() + 1])).hasMessageContaining("10 MiB");
    }

    @Test
    void aPictureThatIsCutShortIsRefusedWhereverItEnds() throws Exception {
        BufferedImage image = quarters(200, 200, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(3);
        for (int i = 0; i < 200 * 200; i++) {
            image.setRGB(i % 200, i / 200, random.nextInt(1 << 24));
        }
        for (String format : List.of("png", "jpeg")) {
            byte[] whole = file(image, format);
            for (int percent : new int[] {0, 1, 5, 30, 60, 90, 99}) {
                byte[] part = Arrays.copyOf(whole, Math.max(4, whole.length * percent / 100));
                assertThat(refused(part)).as(format + " " + percent + " %").isNotNull();
            }
        }
    }

    @Test
    void damagedPicturesNeverDoMoreThanBeRefused() throws Exception {
        Random random = new Random(11);
        for (String format : List.of("png", "jpeg")) {
            byte[] whole = file(quarters(64, 64, BufferedImage.TYPE_INT_RGB), format);
            for (int i = 0; i < 300; i++) {
                byte[] damaged = whole.clone();
                for (int n = 0; n < 1 + random.nextInt(8); n++) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
                }
                try {
                    assertThat(PictureReader.read(damaged, 32, 32, LIMITS).count()).isEqualTo(1);
                } catch (BadPictureException e) {
                    assertThat(e.fix()).isNotBlank();
                }
            }
        }
    }

    @Test
    void aBombIsRefusedByItsHeaderAndALongOneIsDecodedInLittleMemory() throws Exception {
        assertThat(refused(hugePng(60_000, 60_000, 1))).hasMessageContaining("60000x60000");
        // 20,000 x 1,000 pixels of 16-bit RGBA would be 160 MB; its middle is all that is decoded.
        Frames frame = PictureReader.read(hugePng(20_000, 1_000, 1_000), 32, 32, LIMITS);
        assertThat(frame.rgb()[0] & 0xff).isEqualTo(255);
    }

    /** A transparent PNG of 16-bit RGBA with so many rows in it. */
    private static byte[] hugePng(int width, int height, int rows) {
        Deflater deflater = new Deflater(9);
        ByteArrayOutputStream idat = new ByteArrayOutputStream();
        byte[] row = new byte[1 + 8 * width];
        byte[] buffer = new byte[8192];
        for (int y = 0; y < rows; y++) {
            deflater.setInput(row);
            while (!deflater.needsInput()) {
                idat.write(buffer, 0, deflater.deflate(buffer));
            }
        }
        deflater.finish();
        while (!deflater.finished()) {
            idat.write(buffer, 0, deflater.deflate(buffer));
        }
        byte[] header = ByteBuffer.allocate(13).putInt(width).putInt(height).put(new byte[] {16, 6, 0, 0, 0}).array();
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        png.writeBytes(Png.SIGNATURE);
        png.writeBytes(chunk("IHDR", header));
        png.writeBytes(chunk("IDAT", idat.toByteArray()));
        png.writeBytes(chunk("IEND", new byte[0]));
        return png.toByteArray();
    }
}
