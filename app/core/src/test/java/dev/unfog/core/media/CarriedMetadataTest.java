package dev.unfog.core.media;

import static org.assertj.core.api.Assertions.assertThat;

import com.drew.imaging.ImageMetadataReader;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifSubIFDDirectory;
import com.drew.metadata.exif.ExifThumbnailDirectory;
import com.drew.metadata.icc.IccDirectory;
import com.drew.metadata.iptc.IptcDirectory;
import com.drew.metadata.xmp.XmpDirectory;
import dev.unfog.api.media.PictureLayout;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Another library reads what was carried over, so that it is not only Unfog that understands it. */
class CarriedMetadataTest {
    private static final String XMP = """
            <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
            <rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="8"
            xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"/></rdf:RDF></x:xmpmeta>""";

    private static final PictureLayout LAYOUT = SamplePictures.rgb(40, 24);

    @TempDir
    private Path folder;

    @TempDir
    private Path temporary;

    @ParameterizedTest
    @CsvSource({"jpg,jpg", "jpg,png", "jpg,tif", "png,jpg", "png,png", "png,tif", "tif,jpg", "tif,png", "tif,tif"})
    void everythingTravelsFromFormatToFormat(String from, String to) throws Exception {
        // A TIFF with metadata is what a JPEG with metadata becomes.
        Path source = from.equals("tif") ? converted(photograph("jpg"), "source.tif") : photograph(from);
        Path result = converted(source, "result." + to);
        Metadata metadata = ImageMetadataReader.readMetadata(result.toFile());

        ExifIFD0Directory main = metadata.getFirstDirectoryOfType(ExifIFD0Directory.class);
        assertThat(main.getString(ExifIFD0Directory.TAG_MAKE)).isEqualTo("Lichtbildwerk");
        assertThat(main.getInt(ExifIFD0Directory.TAG_ORIENTATION)).isEqualTo(1);
        ExifSubIFDDirectory exposure = metadata.getFirstDirectoryOfType(ExifSubIFDDirectory.class);
        assertThat(exposure.getRational(ExifSubIFDDirectory.TAG_EXPOSURE_TIME).getDenominator())
                .isEqualTo(250);
        assertThat(exposure.getInt(0xa002)).isEqualTo(24);
        assertThat(exposure.getInt(0xa003)).isEqualTo(40);
        assertThat(metadata.getFirstDirectoryOfType(ExifThumbnailDirectory.class))
                .isNull();
        assertThat(new String(Files.readAllBytes(result), StandardCharsets.ISO_8859_1))
                .doesNotContain("TTTTTTTTTTTTTTTT");

        assertThat(metadata.getFirstDirectoryOfType(IccDirectory.class)).isNotNull();
        try (PictureFile picture = SamplePictures.open(result, temporary)) {
            assertThat(picture.warnings()).isEmpty();
            assertThat(picture.metadata().icc()).isEqualTo(profile());
            assertThat(picture.layout()).isEqualTo(LAYOUT.withSize(24, 40));
            assertThat(new String(picture.metadata().xmp(), StandardCharsets.UTF_8))
                    .isEqualTo(XMP.replace("\"8\"", "\"1\""));
            assertThat(picture.metadata().iptc()).isEqualTo(iptc());
        }
        if (!to.equals("png")) {
            // this library does not look for IPTC in a PNG
            assertThat(metadata.getFirstDirectoryOfType(IptcDirectory.class).getString(IptcDirectory.TAG_CAPTION))
                    .isEqualTo("Two boats");
        }
        assertThat(metadata.getFirstDirectoryOfType(XmpDirectory.class)
                        .getXmpProperties()
                        .get("xmp:Rating"))
                .isEqualTo("4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpg", "png", "tif"})
    void theFileSaysHowItWasMade(String extension) throws Exception {
        Path file = folder.resolve("made." + extension);
        try (ResultFiles results = new ResultFiles(file, null, ResultOptions.DEFAULT, temporary)) {
            results.picture("main", LAYOUT).write(LAYOUT.bounds(), SamplePictures.smooth(LAYOUT));
            results.note("noiseLevel", 0.05);
            results.commit(Map.of("plugin", "image-restoration"));
        }
        String said = "{\"plugin\":\"image-restoration\",\"notes\":{\"noiseLevel\":0.05}}";
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                .contains(said);
        StringBuilder read = new StringBuilder();
        ImageMetadataReader.readMetadata(file.toFile())
                .getDirectories()
                .forEach(directory -> directory.getTags().forEach(tag -> read.append(tag.getDescription())));
        assertThat(read).contains(said);
    }

    @Test
    void whatIsMadeAgainSaysOnlyTheLast() throws IOException {
        Path once = folder.resolve("once.jpg");
        SamplePictures.write(once, LAYOUT, SamplePictures.smooth(LAYOUT), temporary);
        Path twice = converted(converted(once, "twice.png"), "thrice.jpg");
        String text = new String(Files.readAllBytes(twice), StandardCharsets.ISO_8859_1);
        assertThat(text.split("\"plugin\"", -1)).hasSize(2);
    }

    @Test
    void aProfileForOtherChannelsIsIgnoredWithAWarning() throws IOException {
        Path file = SamplePictures.write(folder.resolve("liar.jpg"), LAYOUT, SamplePictures.smooth(LAYOUT), temporary);
        byte[] grey = ICC_Profile.getInstance(ColorSpace.CS_GRAY).getData();
        SamplePictures.insertJpegSegment(file, 0xe2, "ICC_PROFILE\0\1\1", grey);
        try (PictureFile picture = SamplePictures.open(file, temporary)) {
            assertThat(picture.metadata().icc()).isNull();
            assertThat(picture.warnings())
                    .singleElement()
                    .asString()
                    .contains("made for GRAY")
                    .contains("picture is RGB");
        }
    }

    @Test
    void exifThatIsCutShortIsIgnoredWithAWarning() throws IOException {
        byte[] whole = SamplePictures.exif(ByteOrder.BIG_ENDIAN, 6, 40, 24);
        for (int length : new int[] {3, 9, 30, 61, 70, 100}) {
            Path file =
                    SamplePictures.write(folder.resolve("cut.jpg"), LAYOUT, SamplePictures.smooth(LAYOUT), temporary);
            SamplePictures.insertJpegSegment(file, 0xe1, "Exif\0\0", Arrays.copyOf(whole, length));
            try (PictureFile picture = SamplePictures.open(file, temporary)) {
                assertThat(picture.warnings()).isNotEmpty().allMatch(warning -> warning.contains("EXIF"));
                converted(file, "still-written-" + length + ".tif");
            }
        }
    }

    @Test
    void aGreyMapMadeFromAColourPictureHasNoColourProfile() throws IOException {
        Path source = photograph("png");
        Path target = folder.resolve("clean.png");
        PictureLayout map = SamplePictures.grey(24, 40);
        try (PictureFile picture = SamplePictures.open(source, temporary);
                ResultFiles results = new ResultFiles(target, picture, ResultOptions.DEFAULT, temporary)) {
            results.picture("main", picture.layout());
            results.picture("deviation", map);
            results.picture("compare", picture.layout());
            assertThat(results.commit(Map.of()))
                    .containsExactly(
                            target, folder.resolve("clean.deviation.png"), folder.resolve("clean.compare.png"));
        }
        try (PictureFile deviation = SamplePictures.open(folder.resolve("clean.deviation.png"), temporary);
                PictureFile compare = SamplePictures.open(folder.resolve("clean.compare.png"), temporary)) {
            assertThat(deviation.metadata().icc()).isNull();
            assertThat(compare.metadata().icc()).isEqualTo(profile());
            assertThat(compare.metadata().exif()).isNull();
        }
    }

    @Test
    void aProfileOfManySegmentsIsPutTogetherAgain() throws IOException {
        byte[] large = Arrays.copyOf(profile(), 200_000);
        ByteBuffer.wrap(large).putInt(0, large.length);
        Path source =
                SamplePictures.write(folder.resolve("source.png"), LAYOUT, SamplePictures.smooth(LAYOUT), temporary);
        SamplePictures.insertPngChunk(source, "iCCP", compressedProfile(large));
        try (PictureFile picture = SamplePictures.open(converted(source, "result.jpg"), temporary)) {
            assertThat(picture.metadata().icc()).isEqualTo(large);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpg", "png", "tif"})
    void iptcThatATiffKeepsApartFromPhotoshopsResourcesIsCarriedBesideThem(String extension) throws IOException {
        byte[] resolution = {'8', 'B', 'I', 'M', 3, (byte) 0xed, 0, 0, 0, 0, 0, 2, 1, 2};
        Path source = folder.resolve("source.tif");
        PictureMetadata metadata = new PictureMetadata.Builder()
                .optIptc(iptc())
                .optPhotoshop(resolution)
                .build();
        try (PixelStore pixels = PixelStore.create(temporary, LAYOUT);
                FileChannel out = FileChannel.open(source, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            new TiffEncoder().encode(pixels, metadata, "{}", out, warning -> {});
        }
        try (PictureFile picture = SamplePictures.open(converted(source, "result." + extension), temporary)) {
            assertThat(picture.metadata().iptc()).isEqualTo(iptc());
            assertThat(PhotoshopResources.parse(picture.metadata().photoshop()).blocks())
                    .extracting(PhotoshopResources.Block::id)
                    .contains(0x03ed);
            assertThat(picture.metadata().exif()).isNull();
        }
    }

    @Test
    void textsAndColoursOfAPngStayInAPng() throws IOException {
        Path source =
                SamplePictures.write(folder.resolve("source.png"), LAYOUT, SamplePictures.smooth(LAYOUT), temporary);
        byte[] gamma = ByteBuffer.allocate(4).putInt(45455).array();
        byte[] text = "Author\0Ada".getBytes(StandardCharsets.ISO_8859_1);
        SamplePictures.insertPngChunk(source, "tEXt", text);
        SamplePictures.insertPngChunk(source, "gAMA", gamma);
        try (PictureFile picture = SamplePictures.open(converted(source, "result.png"), temporary)) {
            List<PngChunk> chunks = picture.metadata().pngChunks();
            assertThat(chunks).extracting(PngChunk::type).containsExactly("gAMA", "tEXt");
            assertThat(chunks.get(0).data()).isEqualTo(gamma);
            assertThat(chunks.get(1).data()).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @CsvSource({"100000,jpg,1", "100000,tif,1", "100000,png,0", "45455,jpg,0"})
    void coloursThatOnlyAPngCanExplainAreWarnedOf(int gamma, String extension, int warnings) throws IOException {
        Path source =
                SamplePictures.write(folder.resolve("source.png"), LAYOUT, SamplePictures.smooth(LAYOUT), temporary);
        SamplePictures.insertPngChunk(
                source, "gAMA", ByteBuffer.allocate(4).putInt(gamma).array());
        Path target = folder.resolve("result." + extension);
        try (PictureFile picture = SamplePictures.open(source, temporary);
                ResultFiles results = new ResultFiles(target, picture, ResultOptions.DEFAULT, temporary)) {
            results.picture("main", picture.layout());
            results.commit(Map.of());
            assertThat(results.warnings()).hasSize(warnings).allMatch(warning -> warning.contains("colours"));
        }
    }

    /** A picture taken with the camera held to the left, with all that a photographer's programs add. */
    private Path photograph(String extension) throws IOException {
        Path file = SamplePictures.write(
                folder.resolve("photograph." + extension), LAYOUT, SamplePictures.smooth(LAYOUT), temporary);
        byte[] exif = SamplePictures.exif(ByteOrder.BIG_ENDIAN, 8, 40, 24);
        byte[] resources = PhotoshopResources.ofIptc(iptc()).toBytes();
        byte[] xmp = XMP.getBytes(StandardCharsets.UTF_8);
        if (extension.equals("jpg")) {
            SamplePictures.insertJpegSegment(file, 0xed, "Photoshop 3.0\0", resources);
            SamplePictures.insertJpegSegment(file, 0xe2, "ICC_PROFILE\0\1\1", profile());
            SamplePictures.insertJpegSegment(file, 0xe1, "http://ns.adobe.com/xap/1.0/\0", xmp);
            SamplePictures.insertJpegSegment(file, 0xe1, "Exif\0\0", exif);
        } else {
            String digits = HexFormat.of().formatHex(resources);
            String text = "Raw profile type iptc\0\niptc\n      " + resources.length + "\n" + digits + "\n";
            SamplePictures.insertPngChunk(file, "tEXt", text.getBytes(StandardCharsets.ISO_8859_1));
            SamplePictures.insertPngChunk(file, "iCCP", compressedProfile(profile()));
            ByteArrayOutputStream packet = new ByteArrayOutputStream();
            packet.writeBytes("XML:com.adobe.xmp\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1));
            packet.writeBytes(xmp);
            SamplePictures.insertPngChunk(file, "iTXt", packet.toByteArray());
            SamplePictures.insertPngChunk(file, "eXIf", exif);
        }
        return file;
    }

    private Path converted(Path source, String name) {
        Path file = folder.resolve(name);
        try (PictureFile picture = SamplePictures.open(source, temporary)) {
            SamplePictures.copy(picture, file, temporary);
        }
        return file;
    }

    private static byte[] profile() {
        return ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
    }

    private static byte[] compressedProfile(byte[] profile) throws IOException {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        chunk.writeBytes("any name\0\0".getBytes(StandardCharsets.ISO_8859_1));
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(chunk)) {
            deflater.write(profile);
        }
        return chunk.toByteArray();
    }

    /** Record 2, data set 120 (caption), of IPTC-IIM. */
    private static byte[] iptc() {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        data.writeBytes(new byte[] {0x1c, 2, 120, 0, 9});
        data.writeBytes("Two boats".getBytes(StandardCharsets.US_ASCII));
        return data.toByteArray();
    }
}
